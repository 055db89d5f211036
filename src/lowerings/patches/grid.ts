/** The axes of the patch rule in a graph, where some sizes may be open. */

import type { Dim } from "../../ir/dim.js";
import { type PatchAxes, type PatchAxis, type PatchRule, type Placement, patchAxes } from "../../ir/patch-rule.js";
import type { SizeTensor } from "../sizes/size-tensor.js";
import type { Sizes } from "../sizes/sizes.js";

/** Indices of more elements are computed when the graph runs: the file would grow with the picture. */
export const MOST_FOLDED = 1024;

export interface EmittedAxis extends PatchAxis<SizeTensor> {
  /** The axis of the pictures, and of the patches, and the grid's patches along it. */
  readonly dims: { readonly size: Dim; readonly patch: Dim; readonly count: Dim };
}

export interface EmittedAxes extends PatchAxes<SizeTensor> {
  readonly rows: EmittedAxis;
  readonly columns: EmittedAxis;
}

/**
 * @param value a value whose last two axes are the pictures' height and width
 * @param sizes those axes
 * @param patch the last two axes of the patches
 */
export function emitAxes(
  s: Sizes,
  rule: PatchRule,
  value: string,
  sizes: readonly [Dim, Dim],
  patch: readonly [Dim, Dim],
): EmittedAxes {
  const size = (axis: 0 | 1): SizeTensor => s.ofAxis(sizes[axis], () => ({ value, axis: 2 + axis }));
  const axes = patchAxes<SizeTensor>(s, rule, size(0), size(1));
  const withDims = (axis: PatchAxis<SizeTensor>, index: 0 | 1, label: string): EmittedAxis => ({
    ...axis,
    dims: { size: sizes[index], patch: patch[index], count: s.dim(axis.count, `${label}_count`) },
  });
  return { ...axes, rows: withDims(axes.rows, 0, "rows"), columns: withDims(axes.columns, 1, "columns") };
}

/** Where the patches of these numbers begin along an axis. */
export function emitStarts(
  s: Sizes,
  axis: EmittedAxis,
  numbers: SizeTensor,
  { first }: Placement<SizeTensor>,
): SizeTensor {
  return s.add(s.mul(numbers, axis.stride), first);
}
