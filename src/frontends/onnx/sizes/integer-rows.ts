/** Integers that a graph computes of open sizes, as forms: what Shape gives, and arithmetic on it. */
import { addDims, type Dim, floorDivDim, scaleDim } from "../../../ir/dim.js";
import { intOf } from "../attributes.js";
import { tableOf } from "../operator-families.js";
import { type Extent, type Extents, fixed, formOf, isOpen, joined, mapped, open } from "./extent.js";
import type { SizeView } from "./size-row.js";

/** The integers of a node's output; undefined where they follow from no linear rule. */
export type IntegerRow = (view: SizeView) => Extents | undefined;

const valuesOf = (view: SizeView, index: number): Extents | undefined =>
  view.computed(index) ?? view.integers(index)?.map(fixed);

const same: IntegerRow = (view) => valuesOf(view, 0);

const shape: IntegerRow = (view) => {
  const sizes = view.shape(0);
  const place = (name: string, otherwise: number): number => {
    const value = intOf(view.node, name, otherwise);
    return value < 0 ? Math.max(value + sizes.length, 0) : value;
  };
  return sizes.slice(place("start", 0), place("end", sizes.length));
};

const gather: IntegerRow = (view) => {
  const [values, indices] = [valuesOf(view, 0), view.integers(1)];
  if (values === undefined || indices === undefined) return undefined;
  const found = indices.map((index) => values.at(index));
  return found.every((size) => size !== undefined) ? found : undefined;
};

const slice: IntegerRow = (view) => {
  const [values, starts, ends] = [valuesOf(view, 0), view.integers(1), view.integers(2)];
  const steps = view.has(4) ? view.integers(4) : [1];
  if (values === undefined || starts?.length !== 1 || ends?.length !== 1 || steps?.[0] !== 1) return undefined;
  return values.slice(starts[0], ends[0]);
};

const concat: IntegerRow = (view) => {
  const parts = [...view.node.input.keys()].map((index) => valuesOf(view, index));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
};

/** Element by element; one number beside several is that of each. */
const arithmetic =
  (of: (a: Extent, b: Extent) => Extent | undefined): IntegerRow =>
  (view) => {
    const [a, b] = [valuesOf(view, 0), valuesOf(view, 1)];
    if (a === undefined || b === undefined) return undefined;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
    const longer = a.length < b.length ? b : a;
    const results = longer.map((_, index) => of(a[a.length === 1 ? 0 : index]!, b[b.length === 1 ? 0 : index]!));
    return results.every((size) => size !== undefined) ? results : undefined;
  };

const sized = (exported: number, dim: Dim): Extent => (typeof dim === "number" ? fixed(exported) : open(exported, dim));

export const INTEGER_ROWS = tableOf<IntegerRow>({
  Shape: shape,
  Cast: same,
  Identity: same,
  Squeeze: same,
  Unsqueeze: same,
  Reshape: same,
  Gather: gather,
  Slice: slice,
  Concat: concat,
  Add: arithmetic((a, b) => sized(a.exported + b.exported, addDims(formOf(a), formOf(b)))),
  Sub: arithmetic((a, b) => sized(a.exported - b.exported, addDims(formOf(a), scaleDim(formOf(b), -1)))),
  Mul: arithmetic((a, b) => joined([a, b])),
  Div: arithmetic((a, b) =>
    isOpen(b) || b.exported < 1 ? undefined : mapped(a, (dim) => floorDivDim(dim, b.exported)),
  ),
});
