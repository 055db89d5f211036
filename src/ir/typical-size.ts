import { type Dim, type Shape, valueOfDim } from "./dim.js";

/** The size at which an open height or width is judged. */
const TYPICAL_SIZE = 96;

/** A size as it is judged: symbols are of the typical size. */
export function sizeOf(dim: Dim): number {
  return Math.max(
    1,
    valueOfDim(dim, (_, part) => TYPICAL_SIZE / part),
  );
}

/** Elements of one sample [N,C,…], as they are judged. */
export function sampleSize(shape: Shape): number {
  return shape.slice(1).reduce<number>((product, dim) => product * sizeOf(dim), 1);
}
