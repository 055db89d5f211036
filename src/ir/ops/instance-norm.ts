import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";

/**
 * (x − mean) / √(variance + ε) of each channel of each sample, scaled and shifted. Inputs: x [N,C,H,W], scale [C],
 * shift [C]. Ulyanov et al. 2016.
 */
export interface InstanceNormAttributes {
  readonly epsilon: number;
}

export const instanceNorm = operator<InstanceNormAttributes>({
  // The squares of a whole feature map are added up.
  exact: true,
  infer(_, [x, scale, shift]) {
    requireRank("the input of an instance normalisation", x!, 4);
    const channels = staticDim("the number of channels", x!, 1);
    if (scale![0] !== channels || shift![0] !== channels)
      throw new RuleError(`scale and shift must have ${channels} values`);
    return x!;
  },
  evaluate({ epsilon }, [x, scale, shift]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const size = height * width;
    const y = dense(x!.shape);
    for (let plane = 0; plane < batch * channels; plane++) {
      const values = x!.data.subarray(plane * size, (plane + 1) * size);
      const mean = values.reduce((a, b) => a + b, 0) / size;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      const factor = scale!.data[plane % channels]! / Math.sqrt(variance + epsilon);
      y.data.set(
        values.map((value) => (value - mean) * factor + shift!.data[plane % channels]!),
        plane * size,
      );
    }
    return y;
  },
});
