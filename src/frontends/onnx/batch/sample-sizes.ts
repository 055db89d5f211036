/** Sizes of a Reshape that leave the samples apart, from those that it has at a batch of one. */
import type { KnownShape, KnownSize, VectorElement } from "./carried.js";

/**
 * What a Reshape says whose result has one sample at a batch of one.
 *
 * @param to the shape of the result, which begins with a one
 * @param from the shape of what is reshaped
 * @param computed the sizes that the node reads
 * @returns a zero first, which copies the number of samples; undefined where more than one size is open that no input gives
 */
export function sampleSizes(
  to: readonly (number | string | null)[],
  from: KnownShape,
  computed: readonly KnownSize[] | undefined,
): readonly VectorElement[] | undefined {
  const sizes = to.map((size, axis): VectorElement => {
    if (axis === 0) return 0;
    if (typeof size === "number") return size;
    if (size !== null && size === from?.[axis]) return 0;
    const own = computed?.[axis];
    // A number would be a zero or -1, which say something else of another input.
    return own !== undefined && !own.counts && typeof own.atOne === "string" ? { at: axis } : -1;
  });
  return sizes.filter((size) => size === -1).length > 1 ? undefined : sizes;
}

/**
 * The sizes that a Reshape of samples reads, with the number of samples in front and of all others what one sample has..
 * A zero copies the number of samples. Undefined where more than one has to be left to the Reshape.
 */
export function withSamplesFirst(sizes: readonly KnownSize[]): readonly VectorElement[] | undefined {
  const rest = sizes.slice(1).map(({ atOne, counts }, index): VectorElement => {
    if (typeof atOne === "number") return atOne;
    return counts ? -1 : { at: index + 1 };
  });
  const elements = [0, ...rest];
  return elements.filter((size) => size === -1).length > 1 ? undefined : elements;
}
