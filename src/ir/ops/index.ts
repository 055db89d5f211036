import { activation } from "./activation.js";
import { add } from "./add.js";
import { affine } from "./affine.js";
import { blendPatches } from "./blend-patches.js";
import { channelAffine } from "./channel-affine.js";
import { channelBias } from "./channel-bias.js";
import { channelScale } from "./channel-scale.js";
import { concat } from "./concat.js";
import { conv } from "./conv.js";
import { convTranspose } from "./conv-transpose.js";
import { demodulation } from "./demodulation.js";
import { extractPatches } from "./extract-patches.js";
import { foldFrames, unfoldFrames } from "./frames.js";
import { globalPool } from "./global-pool.js";
import { instanceNorm } from "./instance-norm.js";
import { linear } from "./linear.js";
import { mixBias } from "./mix-bias.js";
import { mixConv } from "./mix-conv.js";
import { mul } from "./mul.js";
import { oneHot } from "./one-hot.js";
import type { OpDefinition } from "./operator.js";
import { pad } from "./pad.js";
import { pick } from "./pick.js";
import { pixelShuffle } from "./pixel-shuffle.js";
import { pixelUnshuffle } from "./pixel-unshuffle.js";
import { pool } from "./pool.js";
import { prelu } from "./prelu.js";
import { reshape } from "./reshape.js";
import { resize } from "./resize.js";
import { root } from "./root.js";
import { route } from "./route.js";
import { sliceChannels } from "./slice-channels.js";
import { softmax } from "./softmax.js";
import { swapExperts } from "./swap-experts.js";

/** The operators of the IR. */
export const OPS = {
  activation,
  add,
  affine,
  blend_patches: blendPatches,
  channel_affine: channelAffine,
  channel_bias: channelBias,
  channel_scale: channelScale,
  concat,
  conv,
  conv_transpose: convTranspose,
  demodulation,
  extract_patches: extractPatches,
  fold_frames: foldFrames,
  global_pool: globalPool,
  instance_norm: instanceNorm,
  linear,
  mix_bias: mixBias,
  mix_conv: mixConv,
  mul,
  one_hot: oneHot,
  pad,
  pick,
  pixel_shuffle: pixelShuffle,
  pixel_unshuffle: pixelUnshuffle,
  pool,
  prelu,
  reshape,
  resize,
  root,
  route,
  slice_channels: sliceChannels,
  softmax,
  swap_experts: swapExperts,
  unfold_frames: unfoldFrames,
} as const;

export type OpName = keyof typeof OPS;

export const OP_NAMES = Object.keys(OPS) as readonly OpName[];

/** The attributes of each operator. */
export type OpAttributes = {
  readonly [Op in OpName]: (typeof OPS)[Op] extends OpDefinition<infer Attributes> ? Attributes : never;
};
