/** How good restored pictures are, by the customs of the super-resolution literature. */
import { SmxcError } from "../diagnostics.js";
import { crop, type Image, toBitDepth, toRgb } from "../runtime/image.js";
import { type MetricOptions, psnr, ssim } from "../runtime/metrics.js";
import { resizeBicubic } from "../runtime/resize.js";

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
 * The pictures that are compared: quantised to the truth's depth, without opacity, all in colour if one is, and the
 * truth without the rows and columns at its right and bottom that a division by the scale left over.
 */
export function compared(input: Image, restored: Image, truth: Image): Compared {
  const rest = [truth.width - restored.width, truth.height - restored.height] as const;
  const scale = restored.width / input.width;
  const fits = rest.every((left) => left >= 0 && left < scale);
  const all = {
    restored,
    baseline: scale === 1 ? input : resizeBicubic(input, restored.width, restored.height),
    truth: fits ? crop(truth, 0, 0, restored.width, restored.height) : truth,
  };
  const colour = Object.values(all).some(({ channels }) => channels === 3);
  const plain = (image: Image): Image => {
    const { alpha: _, ...opaque } = toBitDepth(image, truth.bitDepth);
    return colour ? toRgb(opaque) : opaque;
  };
  return { restored: plain(all.restored), baseline: plain(all.baseline), truth: plain(all.truth) };
}

/** @throws SmxcError `metrics/different-sizes` */
export function evaluatePictures({ restored, baseline, truth }: Compared, options: MetricOptions): Evaluation {
  const score = (image: Image): Score => ({
    psnr: psnr(image, truth, options),
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

/** The means over pictures; an SSIM that is undefined is left out. */
export function meanEvaluation(evaluations: readonly Evaluation[]): Evaluation {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const score = (of: (evaluation: Evaluation) => Score): Score => {
    const similarities = evaluations.map((each) => of(each).ssim).filter((value) => value !== undefined);
    return {
      psnr: mean(evaluations.map((each) => of(each).psnr)),
      ssim: similarities.length > 0 ? mean(similarities) : undefined,
    };
  };
  return { restored: score(({ restored }) => restored), baseline: score(({ baseline }) => baseline) };
}
