import * as z from "zod";
import { staticDim } from "../../../ir/ops/operator.js";
import { foldedBatchNorm } from "./batch-norm-tensors.js";
import { layerName, positive, reference } from "./fields.js";
import { layer } from "./layer.js";

export const batchNorm = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("batch_norm"),
      in: reference,
      epsilon: z.number().positive().default(1e-5),
      weights: z
        .strictObject({ prefix: z.string().optional() })
        .default({})
        .describe("Prefix of the tensors, where it is not the layer's name"),
    })
    .describe("BatchNorm in evaluation; folded into a neighbouring convolution where that is exact"),
  example: { name: "bn1", op: "batch_norm", in: "conv1" },
  build(spec, builder) {
    const channels = staticDim("the number of channels", builder.shape(spec.in), 1);
    const tensors = foldedBatchNorm(builder, spec.weights.prefix ?? spec.name, channels, spec.epsilon);
    builder.node("channel_affine", spec.name, [spec.in, ...tensors], {});
  },
});

export const prelu = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("prelu"),
      in: reference,
      slopes: positive.optional().describe("Number of slopes: one, or as many as channels (default)"),
      weights: z.strictObject({ weight: z.string().optional() }).default({}),
    })
    .describe("x where x ≥ 0, slope · x elsewhere, with learned slopes"),
  example: { name: "act", op: "prelu", in: "conv" },
  build(spec, builder) {
    const channels = staticDim("the number of channels", builder.shape(spec.in), 1);
    const slope = builder.weight(spec.weights.weight ?? `${spec.name}.weight`, [spec.slopes ?? channels]);
    builder.node("prelu", spec.name, [spec.in, slope], {});
  },
});

export const concat = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("concat"), in: z.array(reference).min(1) })
    .describe("Concatenates the channels of several values"),
  example: { name: "cat", op: "concat", in: ["a", "b"] },
  build(spec, builder) {
    builder.node("concat", spec.name, spec.in, {});
  },
});

export const globalPool = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("global_pool"),
      in: reference,
      flat: z.boolean().default(true).describe("Whether the result is [N, C], for linear layers, or [N, C, 1, 1]"),
    })
    .describe("Mean over height and width"),
  example: { name: "squeeze", op: "global_pool", in: "body.1" },
  build(spec, builder) {
    builder.node("global_pool", spec.name, [spec.in], { flat: spec.flat });
  },
});

export const channelScale = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("channel_scale"),
      in: reference,
      by: reference.describe("Weights [N, C]"),
    })
    .describe("Multiplies each channel of each sample by a weight, as at the end of a squeeze-and-excitation"),
  example: { name: "excite", op: "channel_scale", in: "body.1", by: "gate" },
  build(spec, builder) {
    builder.node("channel_scale", spec.name, [spec.in, spec.by], {});
  },
});

export const linear = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("linear"),
      in: reference,
      out: positive,
      bias: z.boolean().default(true),
      weights: z.strictObject({ weight: z.string().optional(), bias: z.string().optional() }).default({}),
    })
    .describe("x · weightᵀ + bias on vectors [N, C]; the tensor may be that of a 1x1 convolution"),
  example: { name: "fc", op: "linear", in: "squeeze", out: 8 },
  build(spec, builder) {
    const columns = staticDim("the width of the input", builder.shape(spec.in), 1);
    const weight = builder.weight(
      spec.weights.weight ?? `${spec.name}.weight`,
      [spec.out, columns],
      [spec.out, columns, 1, 1],
    );
    const bias = spec.bias ? [builder.weight(spec.weights.bias ?? `${spec.name}.bias`, [spec.out])] : [];
    builder.node("linear", spec.name, [spec.in, weight, ...bias], {});
  },
});

export const softmax = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("softmax"), in: reference, axis: z.int().min(1).default(1) })
    .describe("exp(x) divided by its sum along an axis, which may not be the batch axis"),
  example: { name: "attention", op: "softmax", in: "scores", axis: 1 },
  build(spec, builder) {
    builder.node("softmax", spec.name, [spec.in], { axis: spec.axis });
  },
});
