import { convolve } from "./convolve.js";
import { type DenseTensor, dense, sizeOf } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";
import { taps, type Window, windowedReach, windowedShape } from "./windows.js";

/** Convolution with a constant kernel. Inputs: x [N,C,H,W], weight [O,C/groups,kh,kw], optional bias [O]. */
export interface ConvAttributes extends Window {
  readonly groups: number;
}

/** Checks the channel rules that every convolution shares; returns the channels of x. */
export function checkConvChannels(x: readonly unknown[], channels: number, out: number, groups: number): void {
  if (x.length !== 4) throw new RuleError(`a convolution reads [N,C,H,W], not ${x.length} dimensions`);
  if (channels % groups !== 0) throw new RuleError(`${channels} input channels do not divide into ${groups} groups`);
  if (out % groups !== 0) throw new RuleError(`${out} output channels do not divide into ${groups} groups`);
}

export const conv = operator<ConvAttributes>({
  reach: windowedReach,
  infer(attributes, [x, weight, bias]) {
    requireRank("the kernel", weight!, 4);
    const out = staticDim("the kernel's size", weight!, 0);
    const channels = staticDim("the number of input channels", x!, 1);
    checkConvChannels(x!, channels, out, attributes.groups);
    if (weight![1] !== channels / attributes.groups) {
      throw new RuleError(
        `the kernel reads ${String(weight![1])} channels per group, the input has ${channels / attributes.groups}`,
      );
    }
    if (bias && bias[0] !== out)
      throw new RuleError(`the bias has ${String(bias[0])} values for ${out} output channels`);
    return [x![0]!, out, ...windowedShape(attributes, x!)];
  },
  evaluate(attributes, [x, weight, bias]) {
    return perSample(x!, (sample) => convolve(sample, weight!, bias, attributes, attributes.groups));
  },
  macs(attributes, [x, weight], output) {
    const spatial = (output[2] as number) * (output[3] as number) * (x![0] as number);
    return spatial * (weight![0] as number) * (weight![1] as number) * taps(attributes);
  },
});

/** Applies a function of one sample [C,H,W] to each sample of [N,C,H,W]. */
export function perSample(x: DenseTensor, apply: (sample: DenseTensor, n: number) => DenseTensor): DenseTensor {
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const size = sizeOf(rest);
  const results = Array.from({ length: batch }, (_, n) =>
    apply({ shape: rest, data: x.data.subarray(n * size, (n + 1) * size) }, n),
  );
  const shape = [batch, ...(results[0]?.shape ?? [])];
  const y = dense(shape);
  results.forEach((result, n) => {
    y.data.set(result.data, n * result.data.length);
  });
  return y;
}
