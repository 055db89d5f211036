/** Windowed operators share their geometry: kernel, stride, dilation and pads of the two spatial axes. */
import { type Shape, windowedDim } from "../dim.js";
import { type Reach, RuleError } from "./operator.js";

export type Pair = readonly [height: number, width: number];

export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Zeros added before and after each axis: top, left, bottom, right (the order of ONNX's `pads`). */
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

/** Height and width of the result of a window over [N,C,H,W]. */
export function windowedShape(window: Window, x: Shape): readonly [Shape[number], Shape[number]] {
  const sizes = ([0, 1] as const).map((axis) => {
    const size = windowedDim(
      x[2 + axis]!,
      window.kernel[axis],
      window.stride[axis],
      window.dilation[axis],
      window.pads[axis] + window.pads[axis + 2]!,
    );
    if (typeof size === "number" && size < 1) {
      throw new RuleError(
        `a window of ${window.kernel.join("x")} with dilation ${window.dilation.join("x")} does not fit the padded input`,
        "give a larger input, or more padding",
      );
    }
    return size;
  });
  return [sizes[0]!, sizes[1]!];
}

/** The `reach` of a window whose padding makes of each block of `stride` pixels one: at stride 1 it keeps the size. */
export function windowedReach({ kernel, stride, dilation, pads }: Window, { scale, pixels }: Reach): Reach | undefined {
  const step = stride[0];
  const axes = ([0, 1] as const).map((axis) => {
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    const over = extent - pads[axis] - pads[axis + 2]!;
    return { fits: over > 0 && over <= step, around: Math.max(pads[axis], extent - step - pads[axis]) };
  });
  if (stride[1] !== step || axes.some(({ fits }) => !fits)) return undefined;
  return { scale: scale / step, pixels: pixels + Math.max(0, ...axes.map(({ around }) => around)) / scale };
}

/** Elements of the window. */
export function taps(window: Window): number {
  return window.kernel[0] * window.kernel[1];
}
