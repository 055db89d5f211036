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
  readonly passed: boolean;
}

/** Compares values elementwise: NaN must meet NaN and an infinity the same infinity. */
export function compareValues(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  tolerance: Tolerance,
): Comparison {
  let maxError = expected.length === actual.length ? 0 : Number.POSITIVE_INFINITY;
  let index = 0;
  let magnitude = 0;
  let squares = 0;
  for (let i = 0; i < expected.length; i++) {
    const want = expected[i]!;
    const difference = Object.is(want, actual[i]) || want === actual[i] ? 0 : Math.abs(want - actual[i]!);
    const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (Number.isFinite(want)) magnitude = Math.max(magnitude, Math.abs(want));
    squares += error ** 2;
    if (error > maxError) {
      maxError = error;
      index = i;
    }
  }
  const limit = limitOf(tolerance, magnitude);
  const rmse = Math.sqrt(squares / Math.max(1, expected.length));
  return { maxError, index, rmse, magnitude, limit, passed: maxError <= limit };
}
