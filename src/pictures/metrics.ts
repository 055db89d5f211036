/** How far two pictures are apart, by the definitions of the super-resolution literature. */
import { SmxcError } from "../base/diagnostics.js";
import { psnr } from "./decibels.js";
import { differentSizes, nothingLeft, tooSmallForSsim } from "./errors.js";
import { type Image, largestSample } from "./image.js";
import { LUMA } from "./luma.js";

export interface MetricOptions {
  /** Pixels left out along every edge; the scale, by custom. */
  readonly shave: number;
  /**
   * `rgb`: the mean over the channels; `y`: luma of BT.601 in studio range (16 to 235), not rounded. Grey pictures are
   * taken as they are.
   */
  readonly color: "rgb" | "y";
}

/** One channel, its samples on the scale from 0 to 255 whatever the depth of the picture. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

const PEAK = 255;

/** The window of Wang et al. 2004, cut off at 3.5 σ as scikit-image does. */
const SSIM_SIGMA = 1.5;
const SSIM_RADIUS = 5;
const SSIM_C1 = (0.01 * PEAK) ** 2;
const SSIM_C2 = (0.03 * PEAK) ** 2;

/**
 * PSNR of two pictures in dB over all samples; infinite for equal ones.
 *
 * @throws SmxcError `metrics/different-sizes`; `metrics/nothing-left` where the shave takes all
 */
export function picturePsnr(a: Image, b: Image, options: MetricOptions): number {
  let squares = 0;
  let samples = 0;
  for (const [x, y] of planePairs(a, b, options)) {
    for (let i = 0; i < x.data.length; i++) squares += (x.data[i]! - y.data[i]!) ** 2;
    samples += x.data.length;
  }
  return psnr(PEAK, Math.sqrt(squares / samples));
}

/**
 * Structural similarity, 1 for equal pictures: scikit-image's `structural_similarity` with Gaussian weights of
 * σ = 1.5, without the sample covariance's correction, at a data range of 255; the mean over the channels.
 *
 * @throws SmxcError `metrics/different-sizes`; `metrics/nothing-left`; `metrics/too-small` for pictures below 11 × 11 pixels
 */
export function ssim(a: Image, b: Image, options: MetricOptions): number {
  const pairs = planePairs(a, b, options);
  return pairs.reduce((sum, [x, y]) => sum + planeSsim(x, y), 0) / pairs.length;
}

/** The means are taken where the whole window lies in the picture. */
function planeSsim(a: Plane, b: Plane): number {
  const size = 2 * SSIM_RADIUS + 1;
  if (a.width < size || a.height < size) throw new SmxcError([tooSmallForSsim(a.width, a.height, size)]);
  const product = (x: Plane, y: Plane): Plane => ({ ...x, data: x.data.map((value, i) => value * y.data[i]!) });
  const meanA = blur(a).data;
  const meanB = blur(b).data;
  const meanAA = blur(product(a, a)).data;
  const meanBB = blur(product(b, b)).data;
  const meanAB = blur(product(a, b)).data;
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const ma = meanA[i]!;
    const mb = meanB[i]!;
    const spread = meanAA[i]! - ma * ma + meanBB[i]! - mb * mb;
    const covariance = meanAB[i]! - ma * mb;
    sum +=
      ((2 * ma * mb + SSIM_C1) * (2 * covariance + SSIM_C2)) / ((ma * ma + mb * mb + SSIM_C1) * (spread + SSIM_C2));
  }
  return sum / meanA.length;
}

const GAUSSIAN: readonly number[] = (() => {
  const raw = Array.from({ length: 2 * SSIM_RADIUS + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - SSIM_RADIUS) / SSIM_SIGMA) ** 2),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
})();

/** Gaussian means of the interior; the result is smaller by the radius on every side. */
function blur({ width, height, data }: Plane): Plane {
  const inner = { width: width - 2 * SSIM_RADIUS, height: height - 2 * SSIM_RADIUS };
  const across = filter(data, inner.width, height, { step: 1, stride: width });
  return { ...inner, data: filter(across, inner.width, inner.height, { step: inner.width, stride: inner.width }) };
}

/** `step` between the taps, `stride` between the rows of the input. */
function filter(
  data: Float64Array,
  width: number,
  height: number,
  { step, stride }: { readonly step: number; readonly stride: number },
): Float64Array {
  const out = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let tap = 0; tap < GAUSSIAN.length; tap++) sum += GAUSSIAN[tap]! * data[y * stride + x + tap * step]!;
      out[y * width + x] = sum;
    }
  }
  return out;
}

function planePairs(a: Image, b: Image, options: MetricOptions): readonly (readonly [Plane, Plane])[] {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) {
    throw new SmxcError([differentSizes(a, b)]);
  }
  if (Math.min(a.width, a.height) <= 2 * options.shave) throw new SmxcError([nothingLeft(a, options.shave)]);
  const ofA = planes(a, options);
  const ofB = planes(b, options);
  return ofA.map((plane, index) => [plane, ofB[index]!]);
}

function planes(image: Image, { shave, color }: MetricOptions): readonly Plane[] {
  const { channels, data } = image;
  const scale = PEAK / largestSample(image.bitDepth);
  if (color === "y" && channels === 3) {
    const { offset, red, green, blue } = LUMA;
    const luma = (at: number) =>
      offset + ((red * data[at]! + green * data[at + 1]! + blue * data[at + 2]!) * scale) / PEAK;
    return [plane(image, shave, luma)];
  }
  return Array.from({ length: channels }, (_, channel) => plane(image, shave, (at) => data[at + channel]! * scale));
}

/** @param sample the value of the pixel whose first sample is at an index */
function plane({ width, height, channels }: Image, shave: number, sample: (at: number) => number): Plane {
  const inner = { width: width - 2 * shave, height: height - 2 * shave };
  const data = new Float64Array(inner.width * inner.height);
  for (let y = 0; y < inner.height; y++) {
    for (let x = 0; x < inner.width; x++) {
      data[y * inner.width + x] = sample(((y + shave) * width + x + shave) * channels);
    }
  }
  return { ...inner, data };
}
