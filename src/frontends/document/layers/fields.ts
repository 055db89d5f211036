/** Fields that several kinds of layer share. */
import * as z from "zod";
import { RuleError } from "../../../ir/ops/operator.js";
import type { Pair, Window } from "../../../ir/ops/windows.js";

/** Text that ONNX can hold as a name: no NUL, which ends names in C, and no half of a surrogate pair. */
export const onnxName = z
  .string()
  .regex(/^[^\0\p{Cs}]+$/u, "must be text without NUL and lone surrogates, and not empty");

export const layerName = onnxName.describe(
  "Unique name of the layer and of its result; for imported networks the checkpoint's prefix",
);

export const reference = z.string().min(1).describe("Name of an input or of an earlier layer");

/** PyTorch's, of a LeakyReLU. */
export const DEFAULT_SLOPE = 0.01;

export const positive = z.int().min(1);

const pair = (item: z.ZodInt) => z.union([item, z.tuple([item, item])]);

export const windowFields = {
  kernel: pair(positive).describe("Kernel size: one number, or [height, width]"),
  stride: pair(positive).default(1).describe("Stride: one number, or [height, width]"),
  pad: z
    .union([z.int().min(0), z.tuple([z.int().min(0), z.int().min(0)])])
    .default(0)
    .describe("Zeros around the input: one number, or [height, width]"),
  dilation: pair(positive).default(1).describe("Dilation: one number, or [height, width]"),
} as const;

const windowSchema = z.object(windowFields);

export function windowOf(layer: z.output<typeof windowSchema>): Window {
  const [height, width] = pairOf(layer.pad);
  return {
    kernel: pairOf(layer.kernel),
    stride: pairOf(layer.stride),
    dilation: pairOf(layer.dilation),
    pads: [height, width, height, width],
  };
}

function pairOf(value: number | readonly [number, number]): Pair {
  return typeof value === "number" ? [value, value] : value;
}

/** Input channels of one group. Throws RuleError where they do not divide. */
export function channelsPerGroup(channels: number, groups: number): number {
  if (channels % groups === 0) return channels / groups;
  throw new RuleError(
    `${channels} input channels do not divide into ${groups} groups`,
    "choose groups that divide them",
  );
}
