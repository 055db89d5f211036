import * as z from "zod";
import { layerName, positive, reference } from "./fields.js";
import { layer } from "./layer.js";

export const pixelShuffle = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("pixel_shuffle"), in: reference, scale: positive })
    .describe("[N, C·s², H, W] to [N, C, s·H, s·W]"),
  example: { name: "shuffle", op: "pixel_shuffle", in: "sum", scale: 2 },
  build(spec, builder) {
    builder.node("pixel_shuffle", spec.name, [spec.in], { scale: spec.scale });
  },
});

export const foldFrames = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("fold_frames"), in: reference })
    .describe("A burst [N, C, T, H, W] folded channel-major to [N, C·T, H, W]"),
  example: { name: "frames", op: "fold_frames", in: "x" },
  build(spec, builder) {
    builder.node("fold_frames", spec.name, [spec.in], {});
  },
});

export const unfoldFrames = layer({
  schema: z
    .strictObject({ name: layerName, op: z.literal("unfold_frames"), in: reference })
    .describe("[N, C, H, W] as a burst of one frame, [N, C, 1, H, W]"),
  example: { name: "y", op: "unfold_frames", in: "uncentre" },
  build(spec, builder) {
    builder.node("unfold_frames", spec.name, [spec.in], {});
  },
});
