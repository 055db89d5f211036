import { type Dim, floorDivDim, scaleDim } from "../dim.js";
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
export const CUBIC_A = -0.75;

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
export function cubic(t: number): number {
  if (t <= 1) return (CUBIC_A + 2) * t ** 3 - (CUBIC_A + 3) * t ** 2 + 1;
  if (t < 2) return CUBIC_A * (t ** 3 - 5 * t ** 2 + 8 * t - 4);
  return 0;
}

function resized(dim: Dim, scale: number): Dim {
  return scale >= 1 ? scaleDim(dim, scale) : floorDivDim(dim, Math.round(1 / scale));
}

/** Pixels of the input around a pixel's own place that are read: where it is enlarged, and where it is reduced. */
const AROUND: Readonly<Record<ResizeMode, readonly [enlarged: number, reduced: number]>> = {
  nearest: [0, 0],
  bilinear: [1, 0],
  bicubic: [2, 1],
};

export const resize = operator<ResizeAttributes>({
  reach: ({ mode, scale: factor }, { scale, pixels }) => ({
    scale: factor >= 1 ? scale * factor : scale / Math.round(1 / factor),
    pixels: pixels + AROUND[mode][factor >= 1 ? 0 : 1] / scale,
  }),
  infer({ scale }, [x]) {
    requireRank("the input of a resize", x!, 4);
    return [x![0]!, x![1]!, resized(x![2]!, scale), resized(x![3]!, scale)];
  },
  evaluate({ mode, scale }, [x]) {
    const kernel = KERNELS[mode](scale);
    const alongWidth = resampled(x!, 3, resized(x!.shape[3]!, scale) as number, kernel);
    return resampled(alongWidth, 2, resized(x!.shape[2]!, scale) as number, kernel);
  },
});

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
