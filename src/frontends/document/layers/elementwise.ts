import * as z from "zod";
import type { PlainActivation } from "../../../ir/ops/activations.js";
import { RuleError } from "../../../ir/ops/operator.js";
import { DEFAULT_SLOPE, layerName, reference } from "./fields.js";
import { layer } from "./layer.js";

/** An activation without parameters. */
function plainActivation<Name extends PlainActivation>(name: Name, description: string) {
  return layer({
    schema: z.strictObject({ name: layerName, op: z.literal(name), in: reference }).describe(description),
    example: { name: "body.1.body.1", op: name, in: "body.1.body.0" },
    build(spec, builder) {
      builder.node("activation", spec.name, [spec.in], { fn: name });
    },
  });
}

export const relu = plainActivation("relu", "max(x, 0)");
export const sigmoid = plainActivation("sigmoid", "1 / (1 + exp(−x))");
export const silu = plainActivation("silu", "x · sigmoid(x)");
export const tanh = plainActivation("tanh", "tanh(x)");
export const gelu = plainActivation("gelu", "x · Φ(x), the exact form");

export const leakyRelu = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("leaky_relu"),
      in: reference,
      slope: z.number().default(DEFAULT_SLOPE),
    })
    .describe("x where x ≥ 0, slope · x elsewhere"),
  example: { name: "act", op: "leaky_relu", in: "conv", slope: 0.1 },
  build(spec, builder) {
    builder.node("activation", spec.name, [spec.in], { fn: "leaky_relu", slope: spec.slope });
  },
});

export const clamp = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("clamp"), in: reference, min: z.number(), max: z.number() })
    .describe("x limited to [min, max]"),
  example: { name: "limited", op: "clamp", in: "y", min: 0, max: 1 },
  build(spec, builder) {
    if (spec.min > spec.max)
      throw new RuleError(`its min ${spec.min} is above its max ${spec.max}`, "exchange min and max");
    builder.node("activation", spec.name, [spec.in], { fn: "clamp", min: spec.min, max: spec.max });
  },
});

export const affine = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("affine"),
      in: reference,
      scale: z.number().default(1),
      shift: z.number().default(0),
    })
    .describe("scale · x + shift, for example to subtract a mean, or to scale a residual"),
  example: { name: "centre", op: "affine", in: "x", shift: -0.5 },
  build(spec, builder) {
    builder.node("affine", spec.name, [spec.in], { scale: spec.scale, shift: spec.shift });
  },
});

function combination<Name extends "add" | "mul">(name: Name, description: string) {
  return layer({
    schema: z
      .strictObject({ name: layerName, op: z.literal(name), in: z.array(reference).length(2) })
      .describe(description),
    example: { name: "body.1", op: name, in: ["body.1.body.2", "body.0"] },
    build(spec, builder) {
      builder.node(name, spec.name, spec.in, {});
    },
  });
}

export const add = combination("add", "Sum of two values; sizes of 1 are broadcast");
export const mul = combination("mul", "Product of two values; sizes of 1 are broadcast");
