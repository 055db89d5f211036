/** Resize and Upsample: by scales, or to sizes that hold the exported one. */
import { floorDivDim, scaleDim, symbol } from "../../../../ir/dim.js";
import { floatsOf, intsOf, textOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import { type Extent, type Extents, fixed, isOpen, mapped, open, showExtent } from "../extent.js";
import type { Shown, SizeRow, SizeView } from "../size-row.js";
import { axisFrom, oneForEach } from "./linear.js";

export const resize: SizeRow = (view) => {
  const shape = view.shape(0);
  if (textOf(view.node, "coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize")
    throw new NotRead("it crops");
  if (textOf(view.node, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    throw new NotRead("it keeps the aspect ratio of the picture");
  const axes = intsOf(view.node, "axes")?.map((axis) => axisFrom(axis, shape.length)) ?? [...shape.keys()];
  return view.has(3) ? bySizes(view, shape, axes) : byScales(view, shape, axes);
};

function byScales(view: SizeView, shape: Extents, axes: readonly number[]): Shown {
  const scales = floatsOf(view.node, "scales") ?? view.integers(view.opset < 11 ? 1 : 2);
  if (scales === undefined) throw new NotRead("its scales are not constant");
  oneForEach(axes.length, scales.length, "scales");
  const exported = view.exported(0);
  const result = shape.map((size, axis): Extent => {
    const at = axes.indexOf(axis);
    if (!isOpen(size)) return fixed(exported[axis]!);
    return at < 0 ? size : scaled(size, scales[at]!, exported[axis]!, `${view.node.output[0]}[${axis}]`);
  });
  return { outputs: [result] };
}

/** @param name of the size, where it is no linear form */
function scaled(size: Extent, scale: number, exported: number, name: string): Extent {
  if (Number.isInteger(scale)) return mapped(size, (dim) => scaleDim(dim, scale));
  const parts = 1 / scale;
  return Number.isInteger(parts) ? mapped(size, (dim) => floorDivDim(dim, parts)) : open(exported, symbol(name));
}

/** Factors that sizes are taken to stand for: what networks enlarge and reduce by. */
const FACTORS: ReadonlySet<number> = new Set([1, 2, 3, 4, 8, 1 / 2, 1 / 3, 1 / 4, 1 / 8]);

function bySizes(view: SizeView, shape: Extents, axes: readonly number[]): Shown {
  const sizes = view.computed(3) ?? view.integers(3)?.map(fixed);
  if (sizes === undefined) throw new NotRead("its sizes are not constant");
  oneForEach(axes.length, sizes.length, "sizes");
  const wanted = axes.map((axis, at) => ({ own: shape[axis]!, size: sizes[at]! }));
  const result = [...shape];
  for (const [at, axis] of axes.entries()) result[axis] = sizes[at]!;
  if (wanted.every(({ own, size }) => !isOpen(own) || isOpen(size))) return { outputs: [result] };
  const floats = wanted.map(({ own, size }) => size.exported / own.exported);
  const doubtful = wanted.find(({ own }, at) => isOpen(own) && !FACTORS.has(floats[at]!));
  if (doubtful !== undefined)
    throw new NotRead(
      `it resizes an axis of size ${showExtent(doubtful.own)} to ${doubtful.size.exported}, and it is not known whether that holds for every picture`,
    );
  const opened = new Set(wanted.flatMap(({ own }, at) => (isOpen(own) ? [floats[at]!] : [])));
  const inexact = wanted.some(({ own, size }, at) => Math.fround(floats[at]!) * own.exported !== size.exported);
  if (opened.size > 1 || inexact || wanted.some(({ size }) => isOpen(size)))
    throw new NotRead("its sizes are not exact multiples");
  for (const [at, axis] of axes.entries()) {
    if (isOpen(shape[axis]!)) result[axis] = scaled(shape[axis]!, floats[at]!, sizes[at]!.exported, "");
  }
  return {
    outputs: [result],
    inputs: new Map([
      [2, { floats }],
      [3, null],
    ]),
  };
}
