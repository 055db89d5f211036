/** `patchGrid` in ONNX nodes, for sizes that only run time knows: the same numbers, as int64 vectors of length one. */

import type { PatchRule } from "../../context/patch-rule.js";
import type { Dim } from "../../ir/dim.js";
import type { Integers, IntVector } from "./integers.js";

/** One axis of the pictures; see `PatchAxis`. */
export interface EmittedAxis {
  readonly size: string;
  readonly sizeDim: Dim;
  readonly patch: string;
  readonly patchDim: Dim;
  readonly inner: string;
  readonly stride: string;
  readonly count: string;
  readonly countDim: Dim;
  readonly crop: string;
  readonly last: string;
  /** Where the patches begin: of the grid, from the start on, up to the end. */
  readonly starts: { readonly centred: string; readonly fromStart: string; readonly toEnd: string };
}

export interface EmittedGrid {
  /** 1 when the pictures are cut, 0 when they are run whole. */
  readonly cut: string;
  readonly frame: string;
  readonly rows: EmittedAxis;
  readonly columns: EmittedAxis;
}

/**
 * @param value a value whose last two axes are the pictures' height and width
 * @param sizes those axes
 * @param patch the last two axes of the patches
 */
export function emitGrid(
  a: Integers,
  rule: PatchRule,
  value: string,
  sizes: readonly [Dim, Dim],
  patch: readonly [Dim, Dim],
): EmittedGrid {
  const size = (axis: 0 | 1): string => {
    const known = sizes[axis];
    return typeof known === "number" ? a.int(known) : a.sizeOf(value, 2 + axis);
  };
  const [height, width] = [size(0), size(1)];
  const least = a.binary("Min", height, width);
  const cut = a.test("GreaterOrEqual", { value: least, length: 1 }, a.int(rule.wholeBelow)).value;
  const whole = a.binary("Sub", a.int(1), cut);
  const frame = a.binary("Mul", cut, rule.frame);
  const axis = (label: string, length: string, sizeDim: Dim, patchDim: Dim): EmittedAxis => {
    const either = (part: number): string =>
      a.binary("Add", a.binary("Mul", cut, part), a.binary("Mul", whole, length));
    const side = either(rule.patch);
    const stride = either(rule.stride);
    const frames = a.binary("Mul", frame, 2);
    const last = a.binary("Sub", a.binary("Add", length, frames), side);
    const steps = a.binary("Div", last, stride);
    const crop = a.binary("Sub", last, a.binary("Mul", steps, stride));
    return {
      size: length,
      sizeDim,
      patch: side,
      patchDim,
      inner: a.binary("Sub", side, frames),
      stride,
      count: a.binary("Add", steps, 1),
      countDim: a.dim(`${label}_count`),
      crop,
      last,
      starts: { centred: a.binary("Div", crop, 2), fromStart: a.int(0), toEnd: crop },
    };
  };
  return {
    cut,
    frame,
    rows: axis("rows", height, sizes[0], patch[0]),
    columns: axis("columns", width, sizes[1], patch[1]),
  };
}

/** first + i·stride for each i. */
export function emitStarts(a: Integers, axis: EmittedAxis, numbers: IntVector, first: string): IntVector {
  return a.each("Add", a.each("Mul", numbers, axis.stride), first);
}
