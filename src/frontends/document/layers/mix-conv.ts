import * as z from "zod";
import type { Factor } from "../../../ir/ops/mixture.js";
import { RuleError, staticDim } from "../../../ir/ops/operator.js";
import { channelsPerGroup, layerName, positive, reference, windowFields, windowOf } from "./fields.js";
import { type LayerBuilder, layer } from "./layer.js";

const factor = z.strictObject({
  beta: reference.describe("A value [N, experts or 1, blocks]"),
  over: z.enum(["out", "in", "tap"]).default("out").describe("The axis of the kernel that the blocks divide"),
  on: z
    .enum(["kernel", "bias", "both"])
    .optional()
    .describe("Which of them it weighs: kernel, bias or both; default: both over `out`, else the kernel"),
});

export const mixConv = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("mix_conv"),
      in: reference,
      beta: reference
        .optional()
        .describe("β, the weights of the experts, [N, experts, cardinals]; short for one factor over `out`"),
      factors: z
        .array(factor)
        .min(1)
        .optional()
        .describe("The general form: the experts are weighed by a product of factors"),
      out: positive.describe("Output channels"),
      ...windowFields,
      groups: positive.default(1),
      bias: z
        .union([z.boolean(), z.literal("plain")])
        .default(true)
        .describe("true: a bias per expert, mixed like the kernel; `plain`: one constant bias"),
      demodulate: z
        .strictObject({ epsilon: z.number().positive() })
        .optional()
        .describe("StyleGAN2's demodulation of the mixed kernel"),
      weights: z
        .strictObject({ weight: z.string().optional(), bias: z.string().optional() })
        .default({})
        .describe("Names of the tensors, where they are not `<layer>.weight` and `<layer>.bias`"),
    })
    .describe(
      "Mixed convolution: its kernel is a weighted sum of the kernels of its experts, for each sample; the weights tensor holds the experts one after the other, [k·out, in/groups, kh, kw]",
    ),
  example: {
    name: "body.1.body.0",
    op: "mix_conv",
    in: "body.0",
    beta: "body.1.body.0.beta",
    out: 8,
    kernel: 3,
    pad: 1,
  },
  build(spec, builder) {
    const factors = factorsOf(spec.beta, spec.factors);
    const experts = Math.max(...factors.map(({ beta }) => expertsOf(builder, beta)));
    const channels = staticDim("the number of input channels", builder.shape(spec.in), 1);
    const window = windowOf(spec);
    const kernel = [channelsPerGroup(channels, spec.groups), ...window.kernel];
    const row = kernel.reduce((a, b) => a * b, 1);
    const { out } = spec;
    const bank = builder.weight(
      spec.weights.weight ?? `${spec.name}.weight`,
      [experts * out, ...kernel],
      [experts, out, ...kernel],
      [experts, out * row],
    );
    const biasName = spec.weights.bias ?? `${spec.name}.bias`;
    const bias = spec.bias === true ? "bank" : spec.bias === "plain" ? "plain" : "none";
    const biases = {
      none: () => [],
      plain: () => [builder.weight(biasName, [out])],
      bank: () => [builder.weight(biasName, [experts * out], [experts, out])],
    }[bias]();
    builder.node("mix_conv", spec.name, [spec.in, bank, ...biases, ...factors.map(({ beta }) => beta)], {
      ...window,
      groups: spec.groups,
      experts,
      out,
      factors: factors.map(({ over, on }): Factor => ({ over, on: on ?? (over === "out" ? "both" : "kernel") })),
      bias,
      demodulate: spec.demodulate?.epsilon ?? null,
    });
  },
});

function factorsOf(
  beta: string | undefined,
  factors: readonly z.output<typeof factor>[] | undefined,
): readonly z.output<typeof factor>[] {
  if (beta !== undefined && factors === undefined) return [{ beta, over: "out" }];
  if (beta === undefined && factors !== undefined) return factors;
  throw new RuleError("a mixed convolution needs either `beta` or `factors`", "give exactly one of them");
}

function expertsOf(builder: LayerBuilder, beta: string): number {
  const shape = builder.shape(beta);
  if (shape.length !== 3)
    throw new RuleError(`"${beta}" is not a mixing weight: its shape is not [N, experts, blocks]`);
  return staticDim("the number of experts", shape, 1);
}
