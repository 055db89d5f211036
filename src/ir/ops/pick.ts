import { dense, sizeOf } from "./dense-tensor.js";
import { operator, RuleError, staticDim } from "./operator.js";

/**
 * Elements of each sample by their places, such as a part of a vector or its transpose: the result [N, ...sizes] has at
 * an index i the sample's element `start + Σ i · steps`. Inputs: x [N,…], all of it known but N.
 */
export interface PickAttributes {
  readonly start: number;
  /** Of a sample of the result. */
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

export const pick = operator<PickAttributes>({
  keepsZeros: () => true,
  rearranges: true,
  infer(attributes, [x]) {
    const held = x!
      .slice(1)
      .reduce((product: number, _, axis) => product * staticDim("a sample's size", x!, axis + 1), 1);
    const { start, sizes, steps } = attributes;
    const ends = sizes.map((size, axis) => (size - 1) * steps[axis]!);
    const least = ends.reduce((sum, end) => sum + Math.min(end, 0), start);
    const most = ends.reduce((sum, end) => sum + Math.max(end, 0), start);
    if (least < 0 || most >= held)
      throw new RuleError(`there are no elements from ${least} up to ${most} among the ${held} of a sample`);
    return [x![0]!, ...sizes];
  },
  evaluate(attributes, [x]) {
    const places = pickedPlaces(attributes);
    const [batch] = x!.shape as [number];
    const held = sizeOf(x!.shape.slice(1));
    const y = dense([batch, ...attributes.sizes]);
    for (let n = 0; n < batch; n++)
      for (const [index, place] of places.entries()) y.data[n * places.length + index] = x!.data[n * held + place]!;
    return y;
  },
});

/** The places in a sample that are picked, row-major. */
export function pickedPlaces({ start, sizes, steps }: PickAttributes): readonly number[] {
  return sizes.reduce<readonly number[]>(
    (places, size, axis) =>
      places.flatMap((place) => Array.from({ length: size }, (_, index) => place + index * steps[axis]!)),
    [start],
  );
}
