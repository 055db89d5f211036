/**
 * Bicubic resizing as Pillow does it (`src/libImaging/Resample.c`), to the bit: the baseline against which networks of
 * super-resolution are measured. Other libraries place samples, or round, differently.
 */
import { type Image, largestSample, newSamples, type Samples } from "./image.js";

/** Pillow's fixed point of weights: 32 bits less 8 of a sample and 2 of headroom. */
const FIXED_ONE = 2 ** 22;
/** Half the width of the kernel. */
const SUPPORT = 2;
const A = -0.5;

/** The samples that make up one output sample: `weights` of those from `first` on. */
interface Window {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Rounds to samples after the horizontal pass and again after the vertical one. */
export function resizeBicubic(image: Image, width: number, height: number): Image {
  const { bitDepth } = image;
  const across = windows(image.width, width);
  const down = windows(image.height, height);
  const resize = (samples: Samples, channels: number): Samples => {
    const wide = resample(samples, [image.height, image.width, channels], across, bitDepth);
    return resample(wide, [1, image.height, width * channels], down, bitDepth);
  };
  return {
    ...image,
    width,
    height,
    data: resize(image.data, image.channels),
    ...(image.alpha === undefined ? {} : { alpha: resize(image.alpha, 1) }),
  };
}

/** One window for each output sample of an axis. */
function windows(inLength: number, outLength: number): readonly Window[] {
  const scale = inLength / outLength;
  // Reductions widen the kernel, so that every input sample has its share (antialiasing).
  const stretch = Math.max(scale, 1);
  return Array.from({ length: outLength }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - SUPPORT * stretch + 0.5));
    const end = Math.min(inLength, Math.trunc(centre + SUPPORT * stretch + 0.5));
    const raw = Array.from({ length: end - first }, (__, tap) => cubic((first + tap - centre + 0.5) / stretch));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => roundHalfAway((weight / sum) * FIXED_ONE)) };
  });
}

/** Resamples the middle axis of [outer, length, inner]. */
function resample(
  samples: Samples,
  [outer, length, inner]: readonly [number, number, number],
  axis: readonly Window[],
  bitDepth: Image["bitDepth"],
): Samples {
  const out = newSamples(bitDepth, outer * axis.length * inner);
  const largest = largestSample(bitDepth);
  for (let block = 0; block < outer; block++) {
    for (const [index, { first, weights }] of axis.entries()) {
      const from = (block * length + first) * inner;
      const to = (block * axis.length + index) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = FIXED_ONE / 2;
        for (let tap = 0; tap < weights.length; tap++) sum += samples[from + tap * inner + i]! * weights[tap]!;
        out[to + i] = Math.min(largest, Math.max(0, Math.floor(sum / FIXED_ONE)));
      }
    }
  }
  return out;
}

/** Keys' cubic convolution kernel with a = −½. */
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((A + 2) * t - (A + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * A : 0;
}

function roundHalfAway(x: number): number {
  return Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
}
