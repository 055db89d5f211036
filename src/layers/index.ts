import { conv } from "./conv.js";
import { add, affine, clamp, gelu, leakyRelu, mul, relu, sigmoid, silu, tanh } from "./elementwise.js";
import { mixConv } from "./mix-conv.js";
import { foldFrames, pixelShuffle, unfoldFrames } from "./rearrange.js";
import { route } from "./route.js";

/** The kinds of layer that a model document can hold, by their `op`. */
export const LAYERS = {
  add,
  affine,
  clamp,
  conv,
  fold_frames: foldFrames,
  gelu,
  leaky_relu: leakyRelu,
  mix_conv: mixConv,
  mul,
  pixel_shuffle: pixelShuffle,
  relu,
  route,
  sigmoid,
  silu,
  tanh,
  unfold_frames: unfoldFrames,
} as const;

export type LayerKind = keyof typeof LAYERS;
