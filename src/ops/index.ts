import { activation } from "./activation.js";
import { add } from "./add.js";
import { affine } from "./affine.js";
import { conv } from "./conv.js";
import { foldFrames, unfoldFrames } from "./frames.js";
import { mixConv } from "./mix-conv.js";
import { mul } from "./mul.js";
import type { OpDefinition } from "./operator.js";
import { pixelShuffle } from "./pixel-shuffle.js";
import { route } from "./route.js";

/** The operators of the IR. */
export const OPS = {
  activation,
  add,
  affine,
  conv,
  fold_frames: foldFrames,
  mix_conv: mixConv,
  mul,
  pixel_shuffle: pixelShuffle,
  route,
  unfold_frames: unfoldFrames,
} as const;

export type OpName = keyof typeof OPS;

/** The attributes of each operator. */
export type OpAttributes = {
  readonly [Op in OpName]: (typeof OPS)[Op] extends OpDefinition<infer Attributes> ? Attributes : never;
};
