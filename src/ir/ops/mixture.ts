/** What a mixed convolution is made of: its factors, its bank, and the kernel that they give. */
import { type DenseTensor, dense } from "./dense-tensor.js";
import { taps, type Window } from "./windows.js";

/**
 * One factor α of the mixture, a value of shape [N or 1, k or 1, blocks]. It varies over experts when its second dimension
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
export function mixConvInputs<T>(
  attributes: MixConvAttributes,
  inputs: readonly T[],
): {
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

/** Where an element of a kernel stands on each axis that factors cut. */
type ElementIndex = Readonly<Record<Factor["over"], number>>;

/** The product, for expert e at an element, of the factors of sample n that weigh a part of the layer. */
function weighing(
  attributes: MixConvAttributes,
  channels: number,
  factors: readonly DenseTensor[],
  n: number,
  weighs: (factor: Factor) => boolean,
): (e: number, index: ElementIndex) => number {
  const list = attributes.factors.flatMap((factor, f) =>
    weighs(factor)
      ? [{ over: factor.over, alpha: factors[f]!, extent: factorExtent(factor, attributes, channels) }]
      : [],
  );
  return (e, index) =>
    list.reduce((product, { over, alpha, extent }) => {
      const [samples, experts, blocks] = alpha.shape as [number, number, number];
      const block = Math.floor((index[over] * blocks) / extent);
      const row = (samples === 1 ? 0 : n) * experts + (experts === 1 ? 0 : e);
      return product * alpha.data[row * blocks + block]!;
    }, 1);
}

/** The mixed kernel [O,C/groups,kh,kw] of sample n. */
export function mixKernel(
  attributes: MixConvAttributes,
  channels: number,
  bank: DenseTensor,
  factors: readonly DenseTensor[],
  n: number,
): DenseTensor {
  const { experts, out, perGroup, taps: t } = bankSizes(attributes, channels);
  const onKernel = (factor: Factor): boolean => factor.on !== "bias";
  const ofRow = weighing(attributes, channels, factors, n, (factor) => onKernel(factor) && factor.over === "out");
  const ofElement = weighing(attributes, channels, factors, n, (factor) => onKernel(factor) && factor.over !== "out");
  const rowsOnly = !attributes.factors.some((factor) => onKernel(factor) && factor.over !== "out");
  const kernel = dense([out, perGroup, ...attributes.kernel]);
  const row = perGroup * t;
  for (let o = 0; o < out; o++) {
    const firstChannel = Math.floor((o * attributes.groups) / out) * perGroup;
    for (let e = 0; e < experts; e++) {
      const weight = ofRow(e, { out: o, in: 0, tap: 0 });
      for (let i = 0; i < row; i++) {
        const within = rowsOnly ? 1 : ofElement(e, { out: o, in: firstChannel + Math.floor(i / t), tap: i % t });
        kernel.data[o * row + i]! += weight * within * bank.data[(e * out + o) * row + i]!;
      }
    }
    if (attributes.demodulate !== null) demodulate(kernel.data.subarray(o * row, (o + 1) * row), attributes.demodulate);
  }
  return kernel;
}

/** The bias [O] of sample n: mixed from the bank, or plain as it is. */
export function mixBias(
  attributes: MixConvAttributes,
  channels: number,
  bias: DenseTensor,
  factors: readonly DenseTensor[],
  n: number,
): DenseTensor {
  if (attributes.bias === "plain") return bias;
  const { experts, out } = attributes;
  const weight = weighing(attributes, channels, factors, n, (factor) => factor.on !== "kernel");
  const mixed = dense([out]);
  for (let o = 0; o < out; o++) {
    for (let e = 0; e < experts; e++) mixed.data[o]! += weight(e, { out: o, in: 0, tap: 0 }) * bias.data[e * out + o]!;
  }
  return mixed;
}

function demodulate(row: Float64Array, epsilon: number): void {
  const norm = Math.sqrt(row.reduce((sum, w) => sum + w * w, 0) + epsilon);
  row.forEach((w, index) => {
    row[index] = w / norm;
  });
}

/** The weight of each element of a bank, by its row-major index, under factors of a single sample. */
export function bankElementWeights(
  attributes: MixConvAttributes,
  channels: number,
  factors: readonly DenseTensor[],
  on: "kernel" | "bias",
): (index: number) => number {
  const { out, perGroup, taps: t } = bankSizes(attributes, channels);
  const row = on === "bias" ? 1 : perGroup * t;
  const weight = weighing(attributes, channels, factors, 0, (factor) => factor.on === on || factor.on === "both");
  return (index) => {
    const o = Math.floor(index / row) % out;
    const firstChannel = Math.floor((o * attributes.groups) / out) * perGroup;
    const within = index % row;
    return weight(Math.floor(index / (row * out)), {
      out: o,
      in: firstChannel + Math.floor(within / t),
      tap: within % t,
    });
  };
}
