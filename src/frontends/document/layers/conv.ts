import * as z from "zod";
import { staticDim } from "../../../ir/ops/operator.js";
import { channelsPerGroup, layerName, positive, reference, windowFields, windowOf } from "./fields.js";
import { layer } from "./layer.js";

export const conv = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("conv"),
      in: reference,
      out: positive.describe("Output channels"),
      ...windowFields,
      groups: positive.default(1),
      bias: z.boolean().default(true).describe("Whether there is a tensor `<layer>.bias`"),
      weights: z
        .strictObject({ weight: z.string().optional(), bias: z.string().optional() })
        .default({})
        .describe("Names of the tensors, where they are not `<layer>.weight` and `<layer>.bias`"),
    })
    .describe("Convolution with a constant kernel [out, in/groups, kh, kw]"),
  example: { name: "body.0", op: "conv", in: "centre", out: 8, kernel: 3, pad: 1 },
  build(spec, builder) {
    const channels = staticDim("the number of input channels", builder.shape(spec.in), 1);
    const window = windowOf(spec);
    const kernel = builder.weight(spec.weights.weight ?? `${spec.name}.weight`, [
      spec.out,
      channelsPerGroup(channels, spec.groups),
      ...window.kernel,
    ]);
    const bias = spec.bias ? [builder.weight(spec.weights.bias ?? `${spec.name}.bias`, [spec.out])] : [];
    builder.node("conv", spec.name, [spec.in, kernel, ...bias], { ...window, groups: spec.groups });
  },
});
