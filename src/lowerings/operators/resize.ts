import { addDims } from "../../ir/dim.js";
import { CUBIC_A, cubic, type ResizeMode } from "../../ir/ops/resize.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { LowerSite, OperatorEmitter } from "../site.js";

export const resize: OperatorEmitter<"resize"> = ({ mode, scale }, site) => {
  const divisor = Math.round(1 / scale);
  if (scale < 1 && (mode === "nearest" || divisor % 2 === 1)) {
    emitPicked(site, divisor, mode === "nearest" ? 0 : (divisor - 1) / 2);
  } else if (scale < 1 && mode === "bicubic") {
    emitReducedCubic(site, divisor);
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
