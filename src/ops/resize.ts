import { addDims, type Dim, floorDivDim, scaleDim } from "../ir/dim.js";
import type { LowerSite } from "../lowerings/emitter.js";
import type { LazyTensor } from "../weights/tensor.js";
import { type DenseTensor, dense } from "./dense-tensor.js";
import { operator, requireRank } from "./operator.js";

/** How values between pixels are made; the conventions are PyTorch's `interpolate(align_corners=False)`. */
export type ResizeMode = "nearest" | "bilinear" | "bicubic";

/** Resampling of height and width by `scale`, a whole number or 1 over one. Inputs: x [N,C,H,W]. */
export interface ResizeAttributes {
  readonly mode: ResizeMode;
  readonly scale: number;
}

/** PyTorch's (and OpenCV's) cubic coefficient. */
const CUBIC_A = -0.75;

/** Source positions and weights of one output coordinate, before positions are clamped to the border. */
type Kernel = (position: number) => readonly (readonly [source: number, weight: number])[];

const KERNELS: Readonly<Record<ResizeMode, (scale: number) => Kernel>> = {
  nearest: (scale) => (position) => [[Math.floor(position / scale), 1]],
  bilinear: (scale) => (position) => {
    const centre = (position + 0.5) / scale - 0.5;
    const left = Math.floor(centre);
    return [
      [left, 1 - (centre - left)],
      [left + 1, centre - left],
    ];
  },
  bicubic: (scale) => (position) => {
    const centre = (position + 0.5) / scale - 0.5;
    const left = Math.floor(centre);
    return [-1, 0, 1, 2].map((step) => [left + step, cubic(Math.abs(centre - left - step))] as const);
  },
};

/** Keys' cubic convolution kernel (1981), a = −0.75. */
function cubic(t: number): number {
  if (t <= 1) return (CUBIC_A + 2) * t ** 3 - (CUBIC_A + 3) * t ** 2 + 1;
  if (t < 2) return CUBIC_A * (t ** 3 - 5 * t ** 2 + 8 * t - 4);
  return 0;
}

function resized(dim: Dim, scale: number): Dim {
  return scale >= 1 ? scaleDim(dim, scale) : floorDivDim(dim, Math.round(1 / scale));
}

export const resize = operator<ResizeAttributes>({
  infer({ scale }, [x]) {
    requireRank("the input of a resize", x!, 4);
    return [x![0]!, x![1]!, resized(x![2]!, scale), resized(x![3]!, scale)];
  },
  evaluate({ mode, scale }, [x]) {
    const kernel = KERNELS[mode](scale);
    const alongWidth = resampled(x!, 3, resized(x!.shape[3]!, scale) as number, kernel);
    return resampled(alongWidth, 2, resized(x!.shape[2]!, scale) as number, kernel);
  },
  lower({ mode, scale }, site) {
    const divisor = Math.round(1 / scale);
    if (scale < 1 && (mode === "nearest" || divisor % 2 === 1)) {
      emitPicked(site, divisor, mode === "nearest" ? 0 : (divisor - 1) / 2);
    } else if (scale < 1 && mode === "bicubic") {
      emitReducedCubic(site, divisor);
    } else {
      site.result("Resize", [site.read(0), "", site.e.floats([1, 1, scale, scale])], RESIZE_ATTRIBUTES[mode]);
    }
  },
});

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

/** One axis of [N,C,H,W] resampled; positions beyond the border take the border's value. */
function resampled(x: DenseTensor, axis: 2 | 3, size: number, kernel: Kernel): DenseTensor {
  const from = x.shape[axis]!;
  const inner = axis === 3 ? 1 : x.shape[3]!;
  const outer = x.data.length / (from * inner);
  const y = dense(x.shape.map((dim, index) => (index === axis ? size : dim)));
  for (let position = 0; position < size; position++) {
    for (const [source, weight] of kernel(position)) {
      const clamped = Math.min(Math.max(source, 0), from - 1);
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) {
          y.data[(o * size + position) * inner + i]! += weight * x.data[(o * from + clamped) * inner + i]!;
        }
      }
    }
  }
  return y;
}
