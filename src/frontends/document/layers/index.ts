import { batchNorm, channelScale, concat, globalPool, linear, prelu, softmax } from "./channels.js";
import { conv } from "./conv.js";
import { add, affine, clamp, gelu, leakyRelu, mul, relu, sigmoid, silu, tanh } from "./elementwise.js";
import { mixConv } from "./mix-conv.js";
import { foldFrames, pixelShuffle, unfoldFrames } from "./rearrange.js";
import { route } from "./route.js";
import { sparseBlock } from "./sparse-block.js";
import { averagePool, maxPool, pad, pixelUnshuffle, resize } from "./spatial.js";

/** The kinds of layer that a model document can hold, by their `op`. */
export const LAYERS = {
  add,
  affine,
  average_pool: averagePool,
  batch_norm: batchNorm,
  channel_scale: channelScale,
  clamp,
  concat,
  conv,
  fold_frames: foldFrames,
  gelu,
  global_pool: globalPool,
  leaky_relu: leakyRelu,
  linear,
  max_pool: maxPool,
  mix_conv: mixConv,
  mul,
  pad,
  pixel_shuffle: pixelShuffle,
  pixel_unshuffle: pixelUnshuffle,
  prelu,
  relu,
  resize,
  route,
  sigmoid,
  silu,
  softmax,
  sparse_block: sparseBlock,
  tanh,
  unfold_frames: unfoldFrames,
} as const;

export type LayerKind = keyof typeof LAYERS;
