/** How good restored pictures are, by the customs of the super-resolution literature. */
import { SmxcError } from "../base/diagnostics.js";
import { crop, type Image, toBitDepth, toRgb } from "../pictures/image.js";
import { type MetricOptions, picturePsnr, ssim } from "../pictures/metrics.js";
import { resizeBicubic } from "../pictures/resize.js";
import { misfitOf } from "./pair-sizes.js";

export interface Score {
  /** dB; infinite for equal pictures. */
  readonly psnr: number;
  /** Undefined where less than 11 × 11 pixels are left after the shave. */
  readonly ssim: number | undefined;
}

export interface Evaluation {
  readonly restored: Score;
  /** Of what the network is compared with: bicubic enlargement, or the input itself at scale 1. */
  readonly baseline: Score;
}

/** The pictures of an evaluation, of one size, depth and number of channels. */
export interface Compared {
  readonly restored: Image;
  readonly baseline: Image;
  readonly truth: Image;
}

/**
 * The pictures that are compared: quantised to the truth's depth, without opacity, all in colour if one is. Where the
 * input was made by dividing sizes that the scale does not divide, either the truth or the results are a little larger;
 * the rows and columns that the others have not are left out, at the bottom and at the right.
 */
export function compared(input: Image, restored: Image, truth: Image): Compared {
  const scale = restored.width / input.width;
  const all = {
    restored,
    baseline: scale === 1 ? input : resizeBicubic(input, restored.width, restored.height),
    truth,
  };
  const fits = misfitOf(input, truth, scale) === undefined;
  const [width, height] = [Math.min(truth.width, restored.width), Math.min(truth.height, restored.height)];
  const colour = Object.values(all).some(({ channels }) => channels === 3);
  const plain = (image: Image): Image => {
    const { alpha: _, ...opaque } = toBitDepth(image, truth.bitDepth);
    const part = fits && (image.width > width || image.height > height) ? crop(opaque, 0, 0, width, height) : opaque;
    return colour ? toRgb(part) : part;
  };
  return { restored: plain(all.restored), baseline: plain(all.baseline), truth: plain(all.truth) };
}

/** @throws SmxcError `metrics/different-sizes` */
export function evaluatePictures({ restored, baseline, truth }: Compared, options: MetricOptions): Evaluation {
  const score = (image: Image): Score => ({
    psnr: picturePsnr(image, truth, options),
    ssim: ssimIfLarge(image, truth, options),
  });
  return { restored: score(restored), baseline: score(baseline) };
}

function ssimIfLarge(a: Image, b: Image, options: MetricOptions): number | undefined {
  try {
    return ssim(a, b, options);
  } catch (cause) {
    if (cause instanceof SmxcError && cause.diagnostics[0]?.code === "metrics/too-small") return undefined;
    throw cause;
  }
}

/** Means, and of how many pictures: of those that have the figure. */
export interface MeanScore extends Score {
  readonly psnrPictures: number;
  readonly ssimPictures: number;
}

export interface MeanEvaluation {
  readonly restored: MeanScore;
  readonly baseline: MeanScore;
}

/**
 * The means over pictures. A PSNR that is infinite is left out, and so is an SSIM that is undefined; where all pictures
 * are equal the mean PSNR is infinite.
 */
export function meanEvaluation(evaluations: readonly Evaluation[]): MeanEvaluation {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const score = (of: (evaluation: Evaluation) => Score): MeanScore => {
    const ratios = evaluations.map((each) => of(each).psnr).filter(Number.isFinite);
    const similarities = evaluations.map((each) => of(each).ssim).filter((value) => value !== undefined);
    return {
      psnr: ratios.length > 0 ? mean(ratios) : Number.POSITIVE_INFINITY,
      psnrPictures: ratios.length,
      ssim: similarities.length > 0 ? mean(similarities) : undefined,
      ssimPictures: similarities.length,
    };
  };
  return { restored: score(({ restored }) => restored), baseline: score(({ baseline }) => baseline) };
}

/** What a mean leaves out, in words; empty where it leaves out nothing. */
export function leftOut({ restored, baseline }: MeanEvaluation, pictures: number): string {
  const parts = [
    ["PSNR", pictures - restored.psnrPictures, "equal to the true picture"],
    ["the baseline's PSNR", pictures - baseline.psnrPictures, "equal to the true picture"],
    ["SSIM", pictures - restored.ssimPictures, "too small for SSIM"],
  ] as const;
  return parts
    .filter(([, left]) => left > 0 && left < pictures)
    .map(([what, left, why]) => `the mean of ${what} leaves out ${left} of ${pictures} pictures: ${why}`)
    .join("; ");
}
