import { checkConvChannels, perSample } from "./conv.js";
import { convolve } from "./convolve.js";
import { sizeOf } from "./dense-tensor.js";
import {
  bankSizes,
  type Factor,
  factorExtent,
  type MixConvAttributes,
  mixBias,
  mixConvInputs,
  mixKernel,
} from "./mixture.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";
import { windowedReach, windowedShape } from "./windows.js";

export const mixConv = operator<MixConvAttributes>({
  mixes: true,
  reach: windowedReach,
  infer(attributes, inputs) {
    const { x, bank, bias, factors } = mixConvInputs(attributes, inputs);
    requireRank("the input of a convolution", x, 4);
    const channels = staticDim("the number of input channels", x, 1);
    checkConvChannels(x, channels, attributes.out, attributes.groups);
    const sizes = bankSizes(attributes, channels);
    const expected = sizes.experts * sizes.out * sizes.perGroup * sizes.taps;
    if (sizeOf(bank as number[]) !== expected) {
      throw new RuleError(
        `the kernel bank holds ${sizeOf(bank as number[])} values; ${sizes.experts} experts of ${sizes.out}x${sizes.perGroup}x${attributes.kernel.join("x")} need ${expected}`,
      );
    }
    const biases = attributes.bias === "bank" ? attributes.experts * attributes.out : attributes.out;
    if (bias && sizeOf(bias as number[]) !== biases) {
      throw new RuleError(`the bias holds ${sizeOf(bias as number[])} values, not ${biases}`);
    }
    if (factors.length !== attributes.factors.length) throw new RuleError("a factor has no value");
    factors.forEach((value, index) => {
      checkFactor(attributes.factors[index]!, value, attributes, channels);
    });
    return [x[0]!, attributes.out, ...windowedShape(attributes, x)];
  },
  evaluate(attributes, inputs) {
    const { x, bank, bias, factors } = mixConvInputs(attributes, inputs);
    const channels = x.shape[1]!;
    return perSample(x, (sample, n) => {
      const kernel = mixKernel(attributes, channels, bank, factors, n);
      const mixedBias = bias && mixBias(attributes, channels, bias, factors, n);
      return convolve(sample, kernel, mixedBias, attributes, attributes.groups);
    });
  },
  macs(attributes, inputs, output) {
    const { x } = mixConvInputs(attributes, inputs);
    const { experts, out, perGroup, taps: t } = bankSizes(attributes, x[1] as number);
    const perSampleMacs = out * perGroup * t * ((output[2] as number) * (output[3] as number) + experts);
    return (x[0] as number) * perSampleMacs;
  },
});

function checkFactor(factor: Factor, value: readonly unknown[], attributes: MixConvAttributes, channels: number): void {
  const [, experts, blocks] = value;
  if (value.length !== 3)
    throw new RuleError(`a mixing weight must have the shape [N,experts,blocks], not ${value.length} dimensions`);
  if (experts !== 1 && experts !== attributes.experts) {
    throw new RuleError(`a mixing weight has ${String(experts)} experts, the kernel bank has ${attributes.experts}`);
  }
  const extent = factorExtent(factor, attributes, channels);
  if (typeof blocks !== "number" || extent % blocks !== 0) {
    const axis = { out: "output channels", in: "input channels", tap: "kernel taps" }[factor.over];
    throw new RuleError(
      `${extent} ${axis} do not divide into ${String(blocks)} blocks`,
      "choose cardinals that divide the channels",
    );
  }
  if (factor.on !== "kernel" && factor.over !== "out") {
    throw new RuleError("only a factor over output channels can weigh the bias");
  }
}
