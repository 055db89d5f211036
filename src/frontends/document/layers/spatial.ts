import * as z from "zod";
import { layerName, positive, reference, windowFields, windowOf } from "./fields.js";
import { layer } from "./layer.js";

export const resize = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("resize"),
      in: reference,
      mode: z.enum(["nearest", "bilinear", "bicubic"]),
      scale: z
        .number()
        .positive()
        .refine(
          (scale) => Number.isInteger(scale) || Math.abs(1 / scale - Math.round(1 / scale)) < 1e-9,
          "must be a whole number, or 1 divided by one",
        ),
    })
    .describe("Resampling as PyTorch's interpolate(align_corners=False), without antialiasing"),
  example: { name: "up", op: "resize", in: "x", mode: "bicubic", scale: 2 },
  build(spec, builder) {
    builder.node("resize", spec.name, [spec.in], { mode: spec.mode, scale: spec.scale });
  },
});

const side = z.int().min(0);

export const pad = layer({
  schema: z
    .strictObject({
      name: layerName,
      op: z.literal("pad"),
      in: reference,
      mode: z.enum(["zeros", "reflect", "replicate"]),
      pad: z.union([side, z.tuple([side, side, side, side])]).describe("One number, or [top, left, bottom, right]"),
    })
    .describe("Pixels added around the picture"),
  example: { name: "framed", op: "pad", in: "x", mode: "reflect", pad: 4 },
  build(spec, builder) {
    const pads = typeof spec.pad === "number" ? ([spec.pad, spec.pad, spec.pad, spec.pad] as const) : spec.pad;
    builder.node("pad", spec.name, [spec.in], { mode: spec.mode, pads });
  },
});

const { dilation: _, ...poolFields } = windowFields;

function poolLayer<Name extends "max_pool" | "average_pool">(name: Name, kind: "max" | "average", description: string) {
  return layer({
    schema: z
      .strictObject({ name: layerName, op: z.literal(name), in: reference, ...poolFields })
      .describe(description),
    example: { name: "pool1", op: name, in: "conv1", kernel: 2, stride: 2 },
    build(spec, builder) {
      builder.node("pool", spec.name, [spec.in], { kind, ...windowOf({ ...spec, dilation: 1 }) });
    },
  });
}

export const maxPool = poolLayer("max_pool", "max", "Largest value of each window");
export const averagePool = poolLayer("average_pool", "average", "Mean of each window, padded zeros counted");

export const pixelUnshuffle = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("pixel_unshuffle"), in: reference, scale: positive })
    .describe("[N, C, s·H, s·W] to [N, C·s², H, W]"),
  example: { name: "unshuffle", op: "pixel_unshuffle", in: "x", scale: 2 },
  build(spec, builder) {
    builder.node("pixel_unshuffle", spec.name, [spec.in], { scale: spec.scale });
  },
});
