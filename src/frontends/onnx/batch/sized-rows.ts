/** Rows of operators that read sizes of their result, which may be computed, of the number of samples too. */
import { intOf } from "../attributes.js";
import { type BatchRow, type BatchView, type KnownShape, type KnownSize, UNCHANGED } from "./carried.js";
import { withSamplesFirst } from "./sample-sizes.js";

type Sizes = readonly KnownSize[] | undefined;

const noneCounts = (sizes: readonly KnownSize[]): boolean => sizes.every(({ counts }) => !counts);

/** Whether sizes begin with the number of samples, and hold it nowhere else. */
export function areSamplesFirst(sizes: Sizes): boolean {
  return sizes?.[0]?.counts === true && sizes[0].atOne === 1 && noneCounts(sizes.slice(1));
}

/** Whether sizes begin with a one, and are the same for every batch. */
export function isOneFirst(sizes: Sizes): boolean {
  return sizes?.[0]?.atOne === 1 && noneCounts(sizes);
}

/** Whether what is left over for the first size is the number of samples: all others are those of a sample, in some order. */
function leavesSamples(sizes: Sizes, from: KnownShape): boolean {
  if (sizes?.[0]?.atOne !== -1 || from === undefined || !noneCounts(sizes)) return false;
  const [asked, own] = [sizes.slice(1).map(({ atOne }) => atOne), from.slice(1)].map((each) =>
    each.map((size) => (size === null ? "?" : `${size}`)).sort(),
  );
  return !asked!.some((size) => size === "?" || Number(size) <= 0) && asked!.join() === own!.join();
}

/** Where the input with the number of samples is. */
export const COUNTED_INPUTS: ReadonlyMap<string, readonly number[]> = new Map([
  ["ConstantOfShape", [0]],
  ["Expand", [1]],
  ["Reshape", [1]],
  ["Resize", [3]],
  ["Tile", [1]],
]);

/** Row-major order keeps samples apart where the first axis stays one of samples. */
const reshape: BatchRow = (view) => {
  if (view.carries(1)) return "its shape depends on the sample";
  if (view.isGiven(1)) return "its shape is an input";
  if (!view.carries(0)) return "its shape contains the number of samples, but its input is the same for all samples";
  const [target, sizes] = [view.integers(1), view.sizes(1)];
  const [from, to] = [view.shape(0), view.outputShape(0)];
  const keepsZeros = intOf(view.node, "allowzero", 0) !== 0;
  if (from?.[0] === 1 && leavesSamples(sizes, from)) return UNCHANGED;
  if (from?.[0] !== 1 || (to?.[0] !== 1 && sizes?.[0]?.atOne !== 1))
    return "the first axis of its result is not the batch";
  if (areSamplesFirst(sizes) || (target?.[0] === 0 && !keepsZeros)) return UNCHANGED;
  const isKnown = to?.slice(1).every((size) => typeof size === "number" && size > 0) ?? false;
  if (target?.[0] === -1 && to !== undefined && to.length > 1 && isKnown) return UNCHANGED;
  // A zero copies the size of the input, or is one.
  const first = keepsZeros ? -1 : 0;
  if (isKnown) return new Map([[1, [first, ...(to!.slice(1) as readonly number[])]]]);
  if (keepsZeros) return "it copies sizes by zeros in its shape";
  // All that follows the first axis is one sample's, whether the target says its size, copies it or takes what is left over.
  if (target !== undefined)
    return target[0] === 1 ? new Map([[1, [0, ...target.slice(1)]]]) : "some sizes of its result are not known";
  const elements = sizes && withSamplesFirst(sizes);
  return elements === undefined ? "its shape is not constant" : new Map([[1, { elements }]]);
};

/** What is the same for all samples, once for each: sizes or repeats that begin with the number of samples. */
function forEach(view: BatchView, sizes: Sizes, addsAxes: boolean): ReturnType<BatchRow> {
  const from = view.shape(0);
  if (from === undefined || sizes === undefined) return "its sizes are not constant";
  if (!areSamplesFirst(sizes)) return "it contains the number of samples, but not as the first size";
  const isOnce = from.length === sizes.length ? from[0] === 1 : addsAxes && from.length < sizes.length;
  return isOnce ? UNCHANGED : "it repeats its first axis";
}

const expand: BatchRow = (view) => {
  if (view.carries(1)) return "its input 1 depends on the sample";
  const [from, target] = [view.shape(0), view.sizes(1)];
  if (!view.carries(0)) return forEach(view, target, true);
  if (target === undefined || from === undefined) return "its shape is not constant";
  if (target.length > from.length) return "it adds axes before the first";
  if (target.length < from.length ? noneCounts(target) : areSamplesFirst(target) || isOneFirst(target))
    return UNCHANGED;
  return typeof target[0]?.atOne === "number" ? "it repeats the samples" : "its shape is not constant";
};

const tile: BatchRow = (view) => {
  if (view.carries(1)) return "its input 1 depends on the sample";
  const repeats = view.sizes(1);
  if (!view.carries(0)) return forEach(view, repeats, false);
  if (isOneFirst(repeats)) return UNCHANGED;
  return typeof repeats?.[0]?.atOne === "number" ? "it repeats the samples" : "its repeats are not constant";
};

const constantOfShape: BatchRow = (view) => {
  if (view.carries(0)) return "its shape depends on the sample";
  return areSamplesFirst(view.sizes(0))
    ? UNCHANGED
    : "its shape contains the number of samples, but not as the first size";
};

export const SIZED_ROWS = { ConstantOfShape: constantOfShape, Expand: expand, Reshape: reshape, Tile: tile };
