/** Convolutions and pools: windows that slide over height and width. */
import { addDims, type Dim, scaleDim, symbol, windowedDim } from "../../../../ir/dim.js";
import { hasAttribute, intOf, intsOf, textOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import { ceilDivDim, type Extent, type Extents, fixed, isOpen, mapped, open } from "../extent.js";
import type { SizeRow, SizeView } from "../size-row.js";
import { othersAreFixed } from "./elementwise.js";
import { oneForEach } from "./linear.js";

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** On both sides together. */
  readonly pads: number;
  readonly autoPad: string;
}

function axesOf({ node }: SizeView, sides: Extents, kernel: readonly number[]): readonly Axis[] {
  const count = kernel.length;
  oneForEach(sides.length, count, "sizes of a kernel");
  const strides = intsOf(node, "strides");
  const dilations = intsOf(node, "dilations");
  const pads = intsOf(node, "pads");
  const autoPad = textOf(node, "auto_pad", "NOTSET");
  return kernel.map((size, axis) => ({
    kernel: size,
    stride: strides?.[axis] ?? 1,
    dilation: dilations?.[axis] ?? 1,
    pads: autoPad === "NOTSET" ? (pads?.[axis] ?? 0) + (pads?.[axis + count] ?? 0) : 0,
    autoPad,
  }));
}

/** Sizes of a result that a window gives. */
function slid(size: Extent, { kernel, stride, dilation, pads, autoPad }: Axis): Extent {
  const isSame = autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER";
  return mapped(size, (dim) => (isSame ? ceilDivDim(dim, stride) : windowedDim(dim, kernel, stride, dilation, pads)));
}

function kernelOf(view: SizeView): readonly number[] {
  const weights = view.shape(1);
  if (weights.some(isOpen)) throw new NotRead("its kernel has a size that depends on the picture");
  return intsOf(view.node, "kernel_shape") ?? weights.slice(2).map(({ exported }) => exported);
}

function picture(view: SizeView): { readonly batch: Extent; readonly sides: Extents } {
  const [batch, channels, ...sides] = view.shape(0);
  if (batch === undefined || channels === undefined) throw new NotRead("it has no channels");
  if (isOpen(channels)) throw new NotRead("the number of its channels depends on the picture");
  return { batch, sides };
}

export const convolution: SizeRow = (view) => {
  othersAreFixed(view);
  const { batch, sides } = picture(view);
  const axes = axesOf(view, sides, kernelOf(view));
  return { outputs: [[batch, view.shape(1)[0]!, ...sides.map((size, axis) => slid(size, axes[axis]!))]] };
};

export const transposedConvolution: SizeRow = (view) => {
  othersAreFixed(view);
  if (hasAttribute(view.node, "output_shape")) throw new NotRead("its output_shape contains the exported size");
  const { batch, sides } = picture(view);
  const more = intsOf(view.node, "output_padding");
  const axes = axesOf(view, sides, kernelOf(view));
  const enlarged = (dim: Dim, axis: number): Dim => {
    const { kernel, stride, dilation, pads, autoPad } = axes[axis]!;
    if (autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER") return scaleDim(dim, stride);
    return addDims(scaleDim(dim, stride), (more?.[axis] ?? 0) + dilation * (kernel - 1) + 1 - stride - pads);
  };
  const channels = fixed(view.exported(0)[1]!);
  return { outputs: [[batch, channels, ...sides.map((size, axis) => mapped(size, (dim) => enlarged(dim, axis)))]] };
};

/** Kernels up to here are taken for what they are. */
const SMALL_KERNEL = 3;

/**
 * Exporters write a pool to so many places as windows of the exported size or a part of it, and a window that is pooled
 * to its size too: what fills the picture, or divides it, may be one of those.
 */
function refuseAdaptive(sides: Extents, axes: readonly Axis[]): void {
  const opened = axes.filter((_, axis) => isOpen(sides[axis]!));
  if (opened.some(({ kernel, pads }, axis) => kernel >= sides[axis]!.exported && pads === 0))
    throw new NotRead("its window is as large as the exported picture");
  const parts = axes.map(({ kernel, stride, pads }, axis) => {
    const size = sides[axis]!.exported;
    return kernel > SMALL_KERNEL && stride === kernel && pads === 0 && size % kernel === 0 ? size / kernel : undefined;
  });
  const [first] = parts;
  if (first !== undefined && parts.every((part) => part !== undefined))
    throw new NotRead(
      `its windows of ${axes.map(({ kernel }) => kernel).join("×")} may mean ${parts.join("×")} parts of a picture of any size`,
    );
}

export const pooling: SizeRow = (view) => {
  if (view.node.output.slice(1).some((name) => name !== ""))
    throw new NotRead("it returns indices that count over the whole picture");
  const { batch, sides } = picture(view);
  const kernel = intsOf(view.node, "kernel_shape");
  if (kernel === undefined) throw new NotRead("it has no kernel_shape");
  const axes = axesOf(view, sides, kernel);
  refuseAdaptive(sides, axes);
  const exported = view.exported(0);
  const rounded = intOf(view.node, "ceil_mode", 0) !== 0;
  const result = sides.map((size, axis) => {
    // Runtimes leave out a last window that lies in the padding, so that the size is no linear form.
    if (rounded && isOpen(size)) return open(exported[axis + 2]!, symbol(`${view.node.output[0]}[${axis + 2}]`));
    return rounded ? fixed(exported[axis + 2]!) : slid(size, axes[axis]!);
  });
  return { outputs: [[batch, view.shape(0)[1]!, ...result]] };
};

export const globalPooling: SizeRow = (view) => {
  const { batch, sides } = picture(view);
  return { outputs: [[batch, view.shape(0)[1]!, ...sides.map(() => fixed(1))]] };
};

export const depthToSpace: SizeRow = (view) => {
  const block = intOf(view.node, "blocksize", 1);
  const { batch, sides } = picture(view);
  return {
    outputs: [
      [batch, fixed(view.exported(0)[1]!), ...sides.map((size) => mapped(size, (dim) => scaleDim(dim, block)))],
    ],
  };
};

export const spaceToDepth: SizeRow = (view) => {
  const block = intOf(view.node, "blocksize", 1);
  const { batch, sides } = picture(view);
  const axis = { kernel: block, stride: block, dilation: 1, pads: 0, autoPad: "NOTSET" };
  return { outputs: [[batch, fixed(view.exported(0)[1]!), ...sides.map((size) => slid(size, axis))]] };
};
