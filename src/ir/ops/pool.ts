import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank } from "./operator.js";
import { type Window, windowedReach, windowedShape } from "./windows.js";

/** Largest or mean value of each window; the mean counts padded zeros (PyTorch's `count_include_pad`). Inputs: x [N,C,H,W]. */
export interface PoolAttributes extends Window {
  readonly kind: "max" | "average";
}

export const pool = operator<PoolAttributes>({
  reach: windowedReach,
  infer(attributes, [x]) {
    requireRank("the input of a pool", x!, 4);
    const { pads, kernel } = attributes;
    if (pads[0] * 2 > kernel[0] || pads[1] * 2 > kernel[1])
      throw new RuleError("a pool's padding is at most half its kernel");
    return [x![0]!, x![1]!, ...windowedShape(attributes, x!)];
  },
  evaluate(attributes, [x]) {
    const { kernel, stride, pads, kind } = attributes;
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const [outHeight, outWidth] = windowedShape(attributes, x!.shape) as [number, number];
    const y = dense([batch, channels, outHeight, outWidth]);
    for (let plane = 0; plane < batch * channels; plane++) {
      for (let row = 0; row < outHeight; row++) {
        for (let column = 0; column < outWidth; column++) {
          const seen: number[] = [];
          for (let i = 0; i < kernel[0]; i++) {
            for (let j = 0; j < kernel[1]; j++) {
              const r = row * stride[0] + i - pads[0];
              const c = column * stride[1] + j - pads[1];
              if (r >= 0 && r < height && c >= 0 && c < width) seen.push(x!.data[(plane * height + r) * width + c]!);
            }
          }
          const value = kind === "max" ? Math.max(...seen) : seen.reduce((a, b) => a + b, 0) / (kernel[0] * kernel[1]);
          y.data[(plane * outHeight + row) * outWidth + column] = value;
        }
      }
    }
    return y;
  },
});
