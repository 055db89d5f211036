import { lowerMixConv } from "../lowerings/choose.js";
import { checkConvChannels, perSample } from "./conv.js";
import { convolve } from "./convolve.js";
import { type DenseTensor, dense, sizeOf } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";
import { taps, type Window, windowedShape } from "./windows.js";

/**
 * One factor α of the mixture, a value of shape [N, k or 1, blocks]. It varies over experts when its second dimension
 * is k, and over one more axis of the kernel, cut into equal blocks.
 */
export interface Factor {
  /** The axis that `blocks` cuts: output channels, input channels, or kernel taps (row-major). */
  readonly over: "out" | "in" | "tap";
  /** What the factor weighs. Only factors over the output may weigh the bias. */
  readonly on: "kernel" | "bias" | "both";
}

/**
 * Convolution whose kernel is mixed from experts for each sample:
 * `W_n[o,c,t] = post(Σ_e Π_f α_f[n, e, block_f] · bank[e,o,c,t])`, `b_n[o] = Σ_e Π_f α_f[n, e, block_f] · bias[e,o]`.
 * NSR (Fan et al. 2020), CondConv (Yang et al. 2019), Dynamic Convolution (Chen et al. 2020), ODConv (Li et al. 2022)
 * and modulated convolution (Karras et al. 2020) are instances.
 *
 * Inputs: x [N,C,H,W]; bank, k·O·(C/groups)·kh·kw elements expert-major; the bias if any ([k·O] or [O]); one value per factor.
 */
export interface MixConvAttributes extends Window {
  readonly groups: number;
  readonly experts: number;
  readonly out: number;
  readonly factors: readonly Factor[];
  /** `bank`: k·O values, mixed; `plain`: O values, added as they are. */
  readonly bias: "none" | "plain" | "bank";
  /** StyleGAN2's demodulation `W / √(Σ_{c,t} W² + ε)`: its ε, or null. */
  readonly demodulate: number | null;
}

/** Sizes of a mixture's bank. */
export interface BankSizes {
  readonly experts: number;
  readonly out: number;
  readonly perGroup: number;
  readonly taps: number;
}

export function bankSizes(attributes: MixConvAttributes, channels: number): BankSizes {
  return {
    experts: attributes.experts,
    out: attributes.out,
    perGroup: channels / attributes.groups,
    taps: taps(attributes),
  };
}

/** Where each input of the operator stands. */
export function mixConvInputs<T>(attributes: MixConvAttributes, inputs: readonly T[]): {
  readonly x: T;
  readonly bank: T;
  readonly bias: T | undefined;
  readonly factors: readonly T[];
} {
  const first = attributes.bias === "none" ? 2 : 3;
  return { x: inputs[0]!, bank: inputs[1]!, bias: first === 3 ? inputs[2] : undefined, factors: inputs.slice(first) };
}

/** Size of the axis that a factor's blocks cut. */
export function factorExtent(factor: Factor, attributes: MixConvAttributes, channels: number): number {
  return { out: attributes.out, in: channels, tap: taps(attributes) }[factor.over];
}

export const mixConv = operator<MixConvAttributes>({
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
    return perSample(x, (sample, n) => {
      const { kernel, mixedBias } = mixKernel(attributes, x.shape[1]!, bank, bias, factors, n);
      return convolve(sample, kernel, mixedBias, attributes, attributes.groups);
    });
  },
  lower: (attributes, site) => lowerMixConv(attributes, site),
  macs(attributes, inputs, output) {
    const { x } = mixConvInputs(attributes, inputs);
    const { experts, out, perGroup, taps: t } = bankSizes(attributes, x[1] as number);
    const perSampleMacs = out * perGroup * t * ((output[2] as number) * (output[3] as number) + experts);
    return (x[0] as number) * perSampleMacs;
  },
});

function checkFactor(factor: Factor, value: readonly unknown[], attributes: MixConvAttributes, channels: number): void {
  const [, experts, blocks] = value;
  if (value.length !== 3) throw new RuleError(`a mixing weight must have the shape [N,experts,blocks], not ${value.length} dimensions`);
  if (experts !== 1 && experts !== attributes.experts) {
    throw new RuleError(`a mixing weight has ${String(experts)} experts, the kernel bank has ${attributes.experts}`);
  }
  const extent = factorExtent(factor, attributes, channels);
  if (typeof blocks !== "number" || extent % blocks !== 0) {
    const axis = { out: "output channels", in: "input channels", tap: "kernel taps" }[factor.over];
    throw new RuleError(`${extent} ${axis} do not divide into ${String(blocks)} blocks`, "choose cardinals that divide the channels");
  }
  if (factor.on !== "kernel" && factor.over !== "out") {
    throw new RuleError("only a factor over output channels can weigh the bias");
  }
}

/** The mixed kernel [O,C/groups,kh,kw] and bias [O] of sample n. */
export function mixKernel(
  attributes: MixConvAttributes,
  channels: number,
  bank: DenseTensor,
  bias: DenseTensor | undefined,
  factors: readonly DenseTensor[],
  n: number,
): { readonly kernel: DenseTensor; readonly mixedBias: DenseTensor | undefined } {
  const { experts, out, perGroup, taps: t } = bankSizes(attributes, channels);
  const weighing = (on: "kernel" | "bias") =>
    attributes.factors.flatMap((factor, f) =>
      factor.on === on || factor.on === "both"
        ? [{ over: factor.over, alpha: factors[f]!, extent: factorExtent(factor, attributes, channels) }]
        : [],
    );
  const product = (list: ReturnType<typeof weighing>, e: number, index: Readonly<Record<Factor["over"], number>>): number =>
    list.reduce((value, { over, alpha, extent }) => {
      const [, alphaExperts, blocks] = alpha.shape as [number, number, number];
      const block = Math.floor((index[over] * blocks) / extent);
      return value * alpha.data[(n * alphaExperts + (alphaExperts === 1 ? 0 : e)) * blocks + block]!;
    }, 1);

  const onKernel = weighing("kernel");
  const kernel = dense([out, perGroup, ...attributes.kernel]);
  const outPerGroup = out / attributes.groups;
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < perGroup; c++) {
      const channel = Math.floor(o / outPerGroup) * perGroup + c;
      for (let tap = 0; tap < t; tap++) {
        let sum = 0;
        for (let e = 0; e < experts; e++) {
          sum += product(onKernel, e, { out: o, in: channel, tap }) * bank.data[((e * out + o) * perGroup + c) * t + tap]!;
        }
        kernel.data[(o * perGroup + c) * t + tap] = sum;
      }
    }
    if (attributes.demodulate !== null) demodulate(kernel.data.subarray(o * perGroup * t, (o + 1) * perGroup * t), attributes.demodulate);
  }
  if (!bias || attributes.bias === "plain") return { kernel, mixedBias: bias };
  const onBias = weighing("bias");
  const mixedBias = dense([out]);
  for (let o = 0; o < out; o++) {
    for (let e = 0; e < experts; e++) mixedBias.data[o]! += product(onBias, e, { out: o, in: 0, tap: 0 }) * bias.data[e * out + o]!;
  }
  return { kernel, mixedBias };
}

function demodulate(row: Float64Array, epsilon: number): void {
  const norm = Math.sqrt(row.reduce((sum, w) => sum + w * w, 0) + epsilon);
  row.forEach((w, index) => {
    row[index] = w / norm;
  });
}
