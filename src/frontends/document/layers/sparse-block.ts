import * as z from "zod";
import type { Activation } from "../../../ir/ops/activations.js";
import type { MixConvAttributes } from "../../../ir/ops/mixture.js";
import { RuleError, staticDim } from "../../../ir/ops/operator.js";
import type { Window } from "../../../ir/ops/windows.js";
import { permuted, reshaped, summed } from "../../../tensors/derived.js";
import { DEFAULT_SLOPE, layerName, positive, reference, windowFields, windowOf } from "./fields.js";
import { type LayerBuilder, layer } from "./layer.js";
import { buildRouter, routerFields } from "./route.js";

const hiddenRouter = z
  .strictObject(routerFields)
  .describe("A second router, which reads the hidden features F(W1 * X)");

const schema = z
  .strictObject({
    name: layerName,
    op: z.literal("sparse_block"),
    in: reference,
    mode: z
      .enum(["dense", "hard", "exact", "merged"])
      .describe(
        "dense: Σ W2_i F(W1_i X); hard: only the group with the largest β; exact: Σ β_i W2_i F(W1_i X); merged: (Σ β2_i W2_i) F((Σ β_i W1_i) X)",
      ),
    experts: positive.describe("Groups k"),
    hidden: positive.describe("Channels c of one group between the two convolutions"),
    out: positive,
    beta: reference.optional().describe("β, the weights of the groups; needed in all modes except dense"),
    beta2: z.union([reference, hiddenRouter]).optional().describe("merged: other weights for the second convolution"),
    kernel: windowFields.kernel,
    pad: windowFields.pad,
    activation: z
      .union([
        z.enum(["relu", "leaky_relu", "sigmoid", "silu", "tanh", "gelu"]),
        z.strictObject({ op: z.literal("leaky_relu"), slope: z.number().default(DEFAULT_SLOPE) }),
      ])
      .default("relu")
      .describe("F"),
    bias: z
      .boolean()
      .default(false)
      .describe("Whether there are tensors `<layer>.b1` [k·c] and `<layer>.b2` [k·out] (dense: or [out])"),
    weights: z
      .strictObject({
        w1: z.string().optional(),
        w2: z.string().optional(),
        b1: z.string().optional(),
        b2: z.string().optional(),
      })
      .default({})
      .describe(
        "Names of the tensors, where they are not `<layer>.w1` …; w1 [k·c, in, kh, kw], w2 [k·out, c, kh, kw] (dense: or [out, k·c, kh, kw])",
      ),
  })
  .describe("The two-layer block Y = W2 * F(W1 * X) with k groups (Fan et al. 2020)");

export type SparseBlockSpec = z.output<typeof schema>;

export const sparseBlock = layer({
  schema,
  example: {
    name: "block",
    op: "sparse_block",
    in: "x",
    mode: "merged",
    experts: 4,
    hidden: 8,
    out: 6,
    beta: "block.beta",
    kernel: 3,
    pad: 1,
  },
  build(spec, builder) {
    if (spec.beta2 !== undefined && spec.mode !== "merged")
      throw new RuleError(`beta2 belongs to the mode merged, not ${spec.mode}`);
    MODES[spec.mode](new BlockBuilder(spec, builder));
  },
});

const MODES: Readonly<Record<SparseBlockSpec["mode"], (block: BlockBuilder) => void>> = {
  dense: (block) => block.dense(),
  hard(block) {
    block.requireHard();
    block.merged();
  },
  exact: (block) => block.exact(),
  merged: (block) => block.merged(),
};

/** Builds a block's nodes: `<block>.1` is the first convolution, `<block>.hidden` the features, `<block>` the result. */
class BlockBuilder {
  private readonly spec: SparseBlockSpec;
  private readonly b: LayerBuilder;
  private readonly window: Window;
  private readonly channels: number;

  constructor(spec: SparseBlockSpec, builder: LayerBuilder) {
    this.spec = spec;
    this.b = builder;
    this.window = windowOf({ kernel: spec.kernel, pad: spec.pad, stride: 1, dilation: 1 });
    this.channels = staticDim("the number of input channels", builder.shape(spec.in), 1);
  }

  private get beta(): string {
    if (this.spec.beta === undefined) throw new RuleError(`the mode ${this.spec.mode} needs \`beta\``);
    return this.spec.beta;
  }

  requireHard(): void {
    if (!this.b.isOneHot(this.beta)) throw new RuleError('the mode hard needs a router with "normalise": "argmax"');
  }

  /** All groups at once: the dense layer of k·c channels. */
  dense(): void {
    const { name, experts, hidden, out } = this.spec;
    const features = this.wideHidden();
    const stored = this.second([experts * out, hidden], [out, experts * hidden]);
    const isBank = this.b.tensor(stored).shape[0] === experts * out && experts > 1;
    const kernel = isBank ? this.b.constant(`${name}.w2.wide`, this.wideSecond(stored)) : stored;
    const bias = this.spec.bias ? [this.denseBias()] : [];
    this.b.node("conv", name, [features, kernel, ...bias], { ...this.window, groups: 1 });
  }

  /** Σ β_i W2_i F(W1_i X): all hidden channels, each group's weighed by its β. */
  exact(): void {
    const { name, experts, hidden, out, bias } = this.spec;
    const features = this.wideHidden();
    const weights = this.b.node("swap_experts", `${name}.group_weights`, [this.beta], {});
    const stored = this.second([experts * out, hidden]);
    const kernel = this.b.constant(`${name}.w2.wide`, this.wideSecond(stored));
    const gated = this.b.node("channel_scale", `${name}.weighed`, [features, weights], {});
    if (!bias) {
      this.b.node("conv", name, [gated, kernel], { ...this.window, groups: 1 });
      return;
    }
    const sum = this.b.node("conv", `${name}.unbiased`, [gated, kernel], { ...this.window, groups: 1 });
    this.b.node("mix_bias", name, [sum, this.secondBias(), this.beta], { experts });
  }

  /** (Σ β2_i W2_i) F((Σ β_i W1_i) X). */
  merged(): void {
    const { name, hidden, out, beta2, bias } = this.spec;
    const first = this.firstWeight();
    const b1 = bias ? [this.firstBias()] : [];
    this.b.node("mix_conv", `${name}.1`, [this.spec.in, first, ...b1, this.beta], this.mixture(hidden));
    this.activation();
    const second = this.second([this.spec.experts * out, hidden]);
    const b2 = bias ? [this.secondBias()] : [];
    const weights = this.secondBeta(beta2);
    this.b.node("mix_conv", name, [`${name}.hidden`, second, ...b2, weights], this.mixture(out));
  }

  private secondBeta(beta2: SparseBlockSpec["beta2"]): string {
    if (beta2 === undefined) return this.beta;
    if (typeof beta2 === "string") return beta2;
    const name = `${this.spec.name}.beta2`;
    buildRouter({ ...beta2, name, in: `${this.spec.name}.hidden`, experts: this.spec.experts }, this.b);
    return name;
  }

  private mixture(out: number): MixConvAttributes {
    return {
      ...this.window,
      groups: 1,
      experts: this.spec.experts,
      out,
      factors: [{ over: "out", on: "both" }],
      bias: this.spec.bias ? "bank" : "none",
      demodulate: null,
    };
  }

  private wideHidden(): string {
    const { name, bias } = this.spec;
    const inputs = [this.spec.in, this.firstWeight(), ...(bias ? [this.firstBias()] : [])];
    this.b.node("conv", `${name}.1`, inputs, { ...this.window, groups: 1 });
    return this.activation();
  }

  private activation(): string {
    const { name, activation } = this.spec;
    const written = activation === "leaky_relu" ? { op: activation, slope: DEFAULT_SLOPE } : activation;
    const attributes: Activation =
      typeof written === "string" ? { fn: written } : { fn: written.op, slope: written.slope };
    return this.b.node("activation", `${name}.hidden`, [`${name}.1`], attributes);
  }

  private firstWeight(): string {
    const { experts, hidden, name, weights } = this.spec;
    return this.b.weight(weights.w1 ?? `${name}.w1`, [experts * hidden, this.channels, ...this.window.kernel]);
  }

  private firstBias(): string {
    const { experts, hidden, name, weights } = this.spec;
    return this.b.weight(weights.b1 ?? `${name}.b1`, [experts * hidden]);
  }

  /** The second weight as it is stored, in the one of the shapes that it has. */
  private second(...shapes: readonly (readonly [rows: number, columns: number])[]): string {
    const tensor = this.spec.weights.w2 ?? `${this.spec.name}.w2`;
    const stored = this.b.storedShape(tensor);
    const full = shapes.map((shape) => [...shape, ...this.window.kernel]);
    const fitting = full.find((shape) => shape.every((size, axis) => size === stored?.[axis]));
    return this.b.weight(tensor, fitting ?? full[0]!);
  }

  private secondBias(): string {
    const { experts, out, name, weights } = this.spec;
    return this.b.weight(weights.b2 ?? `${name}.b2`, [experts * out]);
  }

  /** [k·out, c, kh, kw] as the dense kernel [out, k·c, kh, kw]. */
  private wideSecond(stored: string) {
    const { experts, out, hidden } = this.spec;
    const [kh, kw] = this.window.kernel;
    const split = reshaped(this.b.tensor(stored), [experts, out, hidden * kh * kw]);
    return reshaped(permuted(split, [1, 0, 2]), [out, experts * hidden, kh, kw]);
  }

  /** Σ_i b2_i, or the one bias of a layer that was dense from the start. */
  private denseBias(): string {
    const { name, experts, out, weights } = this.spec;
    const tensor = weights.b2 ?? `${name}.b2`;
    const stored = this.b.storedShape(tensor);
    if (stored?.length === 1 && stored[0] === out) return this.b.weight(tensor, [out]);
    return this.b.constant(`${name}.b2.sum`, summed(reshaped(this.b.tensor(this.secondBias()), [experts, out])));
  }
}
