import type { LayerKind } from "../../../src/frontends/document/layers/index.js";
import { mixConv, route, sparseBlock } from "./mixtures.js";
import * as plain from "./plain-layers.js";

/** How a random layer of each kind is made. A kind that has no row here does not compile. */
export const GENERATORS: { readonly [Kind in LayerKind]: plain.Generator } = {
  relu: plain.activation("relu"),
  add: plain.combination("add"),
  affine: plain.affine,
  average_pool: plain.pool("average_pool"),
  batch_norm: plain.batchNorm,
  channel_scale: plain.channelScale,
  clamp: plain.clamp,
  concat: plain.concat,
  conv: plain.conv,
  fold_frames: plain.foldFrames,
  gelu: plain.activation("gelu"),
  global_pool: plain.globalPool,
  leaky_relu: plain.leakyRelu,
  linear: plain.linear,
  max_pool: plain.pool("max_pool"),
  mix_conv: mixConv,
  mul: plain.combination("mul"),
  pad: plain.pad,
  pixel_shuffle: plain.pixelShuffle,
  pixel_unshuffle: plain.pixelUnshuffle,
  prelu: plain.prelu,
  resize: plain.resize,
  route,
  sigmoid: plain.activation("sigmoid"),
  silu: plain.activation("silu"),
  softmax: plain.softmax,
  sparse_block: sparseBlock,
  tanh: plain.activation("tanh"),
  unfold_frames: plain.unfoldFrames,
};

export const KINDS = Object.keys(GENERATORS) as readonly LayerKind[];
