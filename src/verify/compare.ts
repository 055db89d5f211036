import { psnr } from "../pictures/decibels.js";
import { limitOf, type Tolerance } from "./tolerances.js";

/** How far two arrays of the same values are apart. */
export interface Comparison {
  /** Largest |actual − expected|; Infinity where one is NaN or infinite and the other is not the same. */
  readonly maxError: number;
  /** Index of the largest difference. */
  readonly index: number;
  /** Root of the mean squared difference. */
  readonly rmse: number;
  /** Largest |expected|. */
  readonly magnitude: number;
  readonly limit: number;
  /** How many values of each side are NaN or infinite. With any, the figures above are not those of the whole. */
  readonly notFinite: { readonly expected: number; readonly actual: number };
  /** There are values, all of them are finite, and none differs by more than the limit. */
  readonly passed: boolean;
}

/** Compares values elementwise. NaN beside NaN, or an infinity beside the same one, differs by nothing but never passes. */
export function compareValues(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  tolerance: Tolerance,
): Comparison {
  let maxError = expected.length === actual.length ? 0 : Number.POSITIVE_INFINITY;
  let index = 0;
  let magnitude = 0;
  let squares = 0;
  const notFinite = { expected: 0, actual: 0 };
  for (let i = 0; i < expected.length; i++) {
    const want = expected[i]!;
    const got = actual[i]!;
    const difference = Object.is(want, got) || want === got ? 0 : Math.abs(want - got);
    const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (Number.isFinite(want)) magnitude = Math.max(magnitude, Math.abs(want));
    else notFinite.expected++;
    if (!Number.isFinite(got)) notFinite.actual++;
    squares += error ** 2;
    if (error > maxError) {
      maxError = error;
      index = i;
    }
  }
  const limit = limitOf(tolerance, magnitude);
  const rmse = Math.sqrt(squares / Math.max(1, expected.length));
  const finite = notFinite.expected + notFinite.actual === 0;
  const passed = expected.length > 0 && finite && maxError <= limit;
  return { maxError, index, rmse, magnitude, limit, notFinite, passed };
}

export function allFinite({ notFinite }: Pick<Comparison, "notFinite">): boolean {
  return notFinite.expected + notFinite.actual === 0;
}

/** PSNR in dB of values whose range is `peak`: Infinity where they are equal, NaN where they are not finite. */
export function valuesPsnr(comparison: Comparison, peak: number): number {
  return allFinite(comparison) ? psnr(peak, comparison.rmse) : Number.NaN;
}
