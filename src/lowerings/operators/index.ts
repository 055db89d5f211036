import type { Node } from "../../ir/graph.js";
import type { OpName } from "../../ir/ops/index.js";
import { lowerMixConv } from "../mixtures/choose.js";
import { emitBlending } from "../patches/blending.js";
import { emitExtraction } from "../patches/extraction.js";
import type { LowerSite, OperatorEmitter } from "../site.js";
import { activation } from "./activation.js";
import { affine } from "./affine.js";
import { channelAffine } from "./channel-affine.js";
import { channelBias } from "./channel-bias.js";
import { channelScale } from "./channel-scale.js";
import { concat } from "./concat.js";
import { conv } from "./conv.js";
import { convTranspose } from "./conv-transpose.js";
import { demodulation } from "./demodulation.js";
import { add, mul } from "./elementwise.js";
import { foldFrames, unfoldFrames } from "./frames.js";
import { globalPool } from "./global-pool.js";
import { instanceNorm } from "./instance-norm.js";
import { linear } from "./linear.js";
import { mixBias } from "./mix-bias.js";
import { oneHot } from "./one-hot.js";
import { pad } from "./pad.js";
import { pick } from "./pick.js";
import { pixelShuffle } from "./pixel-shuffle.js";
import { pixelUnshuffle } from "./pixel-unshuffle.js";
import { pool } from "./pool.js";
import { prelu } from "./prelu.js";
import { reshape } from "./reshape.js";
import { resize } from "./resize.js";
import { root } from "./root.js";
import { lowerRoute } from "./route.js";
import { sliceChannels } from "./slice-channels.js";
import { softmax } from "./softmax.js";
import { swapExperts } from "./swap-experts.js";

/** How each operator of the IR becomes ONNX, where no plan for the whole graph says otherwise. */
const EMITTERS: { readonly [Op in OpName]: OperatorEmitter<Op> } = {
  activation,
  add,
  affine,
  blend_patches: emitBlending,
  channel_affine: channelAffine,
  channel_bias: channelBias,
  channel_scale: channelScale,
  concat,
  conv,
  conv_transpose: convTranspose,
  demodulation,
  extract_patches: emitExtraction,
  fold_frames: foldFrames,
  global_pool: globalPool,
  instance_norm: instanceNorm,
  linear,
  mix_bias: mixBias,
  mix_conv: lowerMixConv,
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
  route: lowerRoute,
  slice_channels: sliceChannels,
  softmax,
  swap_experts: swapExperts,
  unfold_frames: unfoldFrames,
};

export function emitNode(node: Node, site: LowerSite): void {
  (EMITTERS[node.op] as (attributes: Node["attributes"], site: LowerSite) => void)(node.attributes, site);
}
