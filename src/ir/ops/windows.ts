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

/** The `reach` of a window that keeps the picture's size: stride 1, and as much padding as it looks around. */
export function windowedReach({ kernel, stride, dilation, pads }: Window, { scale, pixels }: Reach): Reach | undefined {
  const fits = ([0, 1] as const).every(
    (axis) => stride[axis] === 1 && pads[axis] + pads[axis + 2]! === dilation[axis] * (kernel[axis] - 1),
  );
  return fits ? { scale, pixels: pixels + Math.max(...pads) / scale } : undefined;
}

/** Elements of the window. */
export function taps(window: Window): number {
  return window.kernel[0] * window.kernel[1];
}
