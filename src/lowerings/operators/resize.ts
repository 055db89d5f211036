import { addDims, type Dim, productDim } from "../../ir/dim.js";
import { CUBIC_A, cubic, type ResizeMode } from "../../ir/ops/resize.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { LowerSite, OperatorEmitter } from "../site.js";

export const resize: OperatorEmitter<"resize"> = ({ mode, scale }, site) => {
  const divisor = Math.round(1 / scale);
  if (scale < 1 && (mode === "nearest" || divisor % 2 === 1)) {
    emitPicked(site, divisor, mode === "nearest" ? 0 : (divisor - 1) / 2);
  } else if (scale < 1 && mode === "bicubic") {
    emitReducedCubic(site, divisor);
  } else if (scale > 1 && mode === "nearest" && site.isReadOnCanvas && site.layoutOf(0) === "nhwc") {
    site.bindRepeated(0, scale, () => emitRepeated(site, scale));
  } else {
    site.result("Resize", [site.read(0), "", site.e.floats([1, 1, scale, scale])], RESIZE_ATTRIBUTES[mode]);
  }
};

const RESIZE_ATTRIBUTES: Readonly<Record<ResizeMode, Readonly<Record<string, string | number>>>> = {
  nearest: { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
  bilinear: { mode: "linear", coordinate_transformation_mode: "half_pixel" },
  bicubic: { mode: "cubic", coordinate_transformation_mode: "half_pixel", cubic_coeff_a: CUBIC_A },
};

/**
 * One pixel of each block, where that is what the mode comes to: the first one, or the middle one of an odd block. ONNX
 * Runtime's Resize divides by the scale in float32 and takes the pixel before, for a seventh as the first.
 */
function emitPicked(site: LowerSite, divisor: number, offset: number): void {
  const { e } = site;
  const end = offset - (divisor - 1);
  const [starts, ends] = [e.ints([offset, offset]), e.ints(end === 0 ? [LAST, LAST] : [end, end])];
  site.result("Slice", [site.read(0), starts, ends, e.ints([2, 3]), e.ints([divisor, divisor])]);
}

/** An end of Slice beyond every axis. */
const LAST = 2 ** 31 - 1;

/** Every pixel as a block of them, with channels last: repeated along its row, then whole rows. */
function emitRepeated(site: LowerSite, scale: number): void {
  const { e, name } = site;
  const [batch, channels, height, width] = site.inputShapes[0] as readonly [Dim, number, Dim, Dim];
  const x = site.read(0, "nhwc");
  const row = productDim([site.shape[3]!, channels], `${name}.row`);
  const pixels = e.op("Unsqueeze", `${name}/pixels`, [x, e.ints([3])], [batch, height, width, 1, channels]);
  const wide = [batch, height, width, scale, channels];
  const columns = e.op("Expand", `${name}/columns`, [pixels, e.ints([1, 1, 1, scale, 1])], wide);
  const rows = e.op("Reshape", `${name}/rows`, [columns, e.ints([0, 0, 1, -1])], [batch, height, 1, row]);
  const blocks = e.op("Expand", `${name}/blocks`, [rows, e.ints([1, 1, scale, 1])], [batch, height, scale, row]);
  site.result("Reshape", [blocks, emitRowsOf(site, x, scale)], {}, "nhwc");
}

/** The target [N,s·H,s·W,C] of a Reshape that keeps the first axis. */
function emitRowsOf({ e, name, inputShapes }: LowerSite, x: string, scale: number): string {
  const [, channels, , width] = inputShapes[0] as readonly [Dim, number, Dim, Dim];
  if (typeof width === "number") return e.ints([0, -1, scale * width, channels]);
  const before = e.op("Shape", `${name}/width`, [x], [1], { start: 2, end: 3 }, "INT64");
  const after = e.op("Mul", `${name}/result_width`, [before, e.ints([scale])], [1], {}, "INT64");
  return e.op("Concat", `${name}/shape`, [e.ints([0, -1]), after, e.ints([channels])], [4], { axis: 0 }, "INT64");
}

/**
 * Bicubic reduction by an even divisor: every result lies in the middle of its block, so that its weights are always the
 * same and a convolution applies them. ONNX Runtime moves transpositions behind a Resize, and its Resize of channels
 * that come last refuses to reduce.
 */
function emitReducedCubic(site: LowerSite, divisor: number): void {
  const { e, name } = site;
  const channels = site.shape[1] as number;
  const [batch, , height, width] = site.inputShapes[0]!;
  // The four pixels around the middle; half as far outside as inside for blocks of two.
  const outside = divisor === 2 ? 1 : 0;
  const size = divisor + 2 * outside;
  const padded = [batch!, channels, addDims(height!, 2 * outside), addDims(width!, 2 * outside)];
  const pads = e.ints([0, 0, outside, outside, 0, 0, outside, outside]);
  const x = outside === 0 ? site.read(0) : e.op("Pad", `${name}/edge`, [site.read(0), pads], padded, { mode: "edge" });
  const taps = Array.from({ length: size }, (_, i) => cubic(Math.abs(i - (size - 1) / 2)));
  const plane = taps.flatMap((row) => taps.map((column) => row * column));
  const kernel: LazyTensor = {
    shape: [channels, 1, size, size],
    read: async () => Float64Array.from({ length: channels * size ** 2 }, (_, i) => plane[i % size ** 2]!),
  };
  site.result("Conv", [x, e.weight(`${name}/weights`, kernel)], {
    kernel_shape: [size, size],
    strides: [divisor, divisor],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: channels,
  });
}
