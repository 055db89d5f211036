/**
 * By operator of ai.onnx: what becomes of sizes that a graph computes, of which some hold the number of samples. A size is the
 * same for every batch, or a multiple of the number of samples; nothing else is followed.
 */
import type { NodeProto } from "../../../onnx/graph/records.js";
import { intOf, intsOf } from "../attributes.js";
import { rowsOf, tableOf } from "../operator-families.js";
import type { KnownShape, KnownSize } from "./carried.js";

export interface CountedView {
  readonly node: NodeProto;
  /** Elements of a vector or scalar; undefined where an input is neither, or of unknown length. */
  sizes(index: number): readonly KnownSize[] | undefined;
  /** The shape of the first input at a batch of one, and whether its first axis is one of samples. */
  readonly shape: KnownShape;
  readonly carries: boolean;
  /** How many axes the output has. */
  readonly rank: number | undefined;
  isInteger(index: number): boolean;
  readonly givesIntegers: boolean;
}

/** The elements of the output, or why they are not known; no reason where it reads other things than sizes. */
export type CountedRow = (view: CountedView) => readonly KnownSize[] | string;

const free = (atOne: KnownSize["atOne"] = null): KnownSize => ({ atOne, counts: false });
const isWhole = (size: KnownSize): size is KnownSize & { readonly atOne: number } => Number.isSafeInteger(size.atOne);
const wholeOf = (size: KnownSize | undefined): number | undefined =>
  size !== undefined && !size.counts && isWhole(size) ? size.atOne : undefined;
/** What it reads are no sizes, but a tensor or a vector of unknown length. */
const NO_SIZES = "";
const COMPUTED = "it selects sizes by positions that are not constant";

const shape: CountedRow = ({ node, shape: dims, carries }) => {
  if (dims === undefined) return "the rank of its input is not known";
  const sizes = dims.map((atOne, axis) => ({ atOne, counts: carries && axis === 0 }));
  return sizes.slice(intOf(node, "start", 0), intOf(node, "end", sizes.length));
};

const size: CountedRow = ({ shape: dims, carries }) => {
  const count = dims?.reduce<number | null>(
    (product, each) => (product === null || typeof each !== "number" ? null : product * each),
    1,
  );
  return [{ atOne: count ?? null, counts: carries }];
};

/** The same elements, in a vector or scalar. */
const moved: CountedRow = (view) => {
  const sizes = view.sizes(0);
  if (sizes === undefined || view.rank === undefined || view.rank > 1) return NO_SIZES;
  return view.sizes(1)?.some(({ counts }) => counts) ? "its shape holds the number of samples" : sizes;
};

/** Between integers and floats: exact for multiples of whole numbers alone. */
const rounded: CountedRow = (view) => {
  const sizes = view.sizes(0);
  if (sizes === undefined) return NO_SIZES;
  const isExact = view.isInteger(0) && view.givesIntegers;
  if (sizes.some((each) => each.counts && !isExact && !isWhole(each)))
    return "it rounds a multiple of the number of samples";
  return sizes.map((each) => (each.counts || isWhole(each) ? each : free()));
};

const gather: CountedRow = (view) => {
  const [sizes, indices] = [view.sizes(0), view.sizes(1)?.map(wholeOf)];
  if (sizes === undefined || indices === undefined) return NO_SIZES;
  const chosen = indices.map((index) => (index === undefined ? undefined : sizes.at(index)));
  return chosen.every((each) => each !== undefined) ? chosen : COMPUTED;
};

const slice: CountedRow = (view) => {
  const sizes = view.sizes(0);
  if (sizes === undefined) return NO_SIZES;
  const given = (name: string, index: number, otherwise?: number): number | undefined => {
    const attribute = intsOf(view.node, name);
    if (attribute !== undefined) return attribute[0];
    if (otherwise !== undefined && !view.node.input[index]) return otherwise;
    const place = view.sizes(index)?.[0];
    // An end may be larger than any number that is exact here.
    return place?.counts === false && typeof place.atOne === "number" ? place.atOne : undefined;
  };
  const [start, end, step] = [given("starts", 1), given("ends", 2), given("steps", 4, 1)];
  if (start === undefined || end === undefined || step === undefined) return COMPUTED;
  if (step < 1) return "it reverses sizes";
  return sizes.slice(start, end).filter((_, index) => index % step === 0);
};

const concat: CountedRow = (view) => {
  const parts = view.node.input.map((_, index) => view.sizes(index));
  return parts.every((part) => part !== undefined) ? parts.flat() : NO_SIZES;
};

type Pair = (a: KnownSize, b: KnownSize, view: CountedView) => KnownSize | string;

/** Element by element, or one with all. */
const pairwise =
  (pair: Pair): CountedRow =>
  (view) => {
    const [left, right] = [view.sizes(0), view.sizes(1)];
    if (left === undefined || right === undefined) return NO_SIZES;
    const count = Math.max(left.length, right.length);
    if ([left, right].some(({ length }) => length !== count && length !== 1)) return NO_SIZES;
    const at = (sizes: readonly KnownSize[], index: number): KnownSize => sizes[sizes.length === 1 ? 0 : index]!;
    const pairs = Array.from({ length: count }, (_, index) => pair(at(left, index), at(right, index), view));
    const sizes = pairs.flatMap((each) => (typeof each === "string" ? [] : [each]));
    return pairs.find((each) => typeof each === "string") ?? sizes;
  };

const combined = (a: KnownSize, b: KnownSize, counts: boolean, make: (a: number, b: number) => number): KnownSize => {
  const atOne = isWhole(a) && isWhole(b) ? make(a.atOne, b.atOne) : null;
  return { atOne: Number.isSafeInteger(atOne) ? atOne : null, counts };
};

/** In floats only whole numbers are exact. */
const isExact = (sizes: readonly KnownSize[], view: CountedView): boolean => view.givesIntegers || sizes.every(isWhole);
const INEXACT = "it computes with the number of samples in fractions";

const product: Pair = (a, b, view) => {
  if (a.counts && b.counts) return "it multiplies the number of samples by itself";
  if ((a.counts || b.counts) && !isExact([a, b], view)) return INEXACT;
  return combined(a, b, a.counts || b.counts, (x, y) => x * y);
};

const sum =
  (sign: number): Pair =>
  (a, b, view) => {
    if (a.counts !== b.counts) return "it adds to the number of samples";
    if (a.counts && !isExact([a, b], view)) return INEXACT;
    return combined(a, b, a.counts, (x, y) => x + sign * y);
  };

const quotient: Pair = (a, b, view) => {
  if (!b.counts && !a.counts) return free();
  if (a.counts && b.counts) return isExact([a, b], view) ? free() : INEXACT;
  if (b.counts) return "it divides by the number of samples";
  const isWholeAgain = isWhole(a) && isWhole(b) && b.atOne !== 0 && a.atOne % b.atOne === 0;
  return isWholeAgain
    ? combined(a, b, true, (x, y) => x / y)
    : "it divides a multiple of the number of samples, with a remainder";
};

/** No size is below zero, so none is -1, as exporters ask before they expand. */
const equal: Pair = (a, b) => {
  const [counting, other] = a.counts ? [a, b] : [b, a];
  if (!counting.counts) return isWhole(a) && isWhole(b) ? free(Number(a.atOne === b.atOne)) : free();
  const isSize = typeof counting.atOne === "string" || (isWhole(counting) && counting.atOne >= 0);
  const isBelow = wholeOf(other) !== undefined && wholeOf(other)! < 0;
  return isSize && isBelow ? free(0) : "it compares with the number of samples";
};

const where: CountedRow = (view) => {
  const [conditions, yes, no] = [view.sizes(0), view.sizes(1), view.sizes(2)];
  if (conditions === undefined || yes === undefined || no === undefined) return NO_SIZES;
  const count = Math.max(conditions.length, yes.length, no.length);
  if ([conditions, yes, no].some(({ length }) => length !== count && length !== 1)) return NO_SIZES;
  const at = (sizes: readonly KnownSize[], index: number): KnownSize => sizes[sizes.length === 1 ? 0 : index]!;
  const chosen = Array.from({ length: count }, (_, index) => {
    const [condition, a, b] = [wholeOf(at(conditions, index)), at(yes, index), at(no, index)];
    if (condition !== undefined) return condition === 0 ? b : a;
    return a.counts || b.counts ? undefined : free();
  });
  return chosen.every((each) => each !== undefined)
    ? chosen
    : "it selects the number of samples by a condition that is not constant";
};

export const COUNTED_ROWS = tableOf<CountedRow>({
  Shape: shape,
  Size: size,
  ...rowsOf("Identity Unsqueeze Squeeze Reshape", moved),
  ...rowsOf("Cast Ceil Floor Round", rounded),
  Gather: gather,
  Slice: slice,
  Concat: concat,
  Mul: pairwise(product),
  Add: pairwise(sum(1)),
  Sub: pairwise(sum(-1)),
  Div: pairwise(quotient),
  Equal: pairwise(equal),
  Where: where,
});
