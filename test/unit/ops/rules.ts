/** Shapes that break the rule of an operator, and what is said of them. */
import { type Dim, symbol } from "../../../src/ir/dim.js";
import type { OpName } from "../../../src/ir/ops/index.js";

interface Rule {
  readonly op: OpName;
  readonly attributes: unknown;
  readonly shapes: readonly (readonly Dim[])[];
  readonly message: RegExp;
}

export const N = symbol("N");
export const H = symbol("H");
export const WINDOW = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] } as const;
const MIX = {
  ...WINDOW,
  groups: 1,
  experts: 4,
  out: 8,
  factors: [{ over: "out", on: "both" }],
  bias: "bank",
  demodulate: null,
};
const ROUTER = {
  experts: 4,
  cardinals: 2,
  stages: [{ kind: "linear", bias: true }],
  temperature: 1,
  normalise: "softmax",
};

export const RULES: readonly Rule[] = [
  {
    op: "add",
    attributes: {},
    shapes: [
      [N, 3],
      [N, 4],
    ],
    message: /\[N,3\] and \[N,4\] differ/,
  },
  {
    op: "mul",
    attributes: {},
    shapes: [
      [N, 3],
      [N, 3, 1],
    ],
    message: /different ranks/,
  },
  { op: "channel_affine", attributes: {}, shapes: [[N, 3, H, H], [2], [3]], message: /3 values/ },
  { op: "channel_bias", attributes: {}, shapes: [[N, 3, H, H], [2]], message: /does not fit/ },
  {
    op: "channel_scale",
    attributes: {},
    shapes: [
      [N, 3, H, H],
      [N, 2],
    ],
    message: /2 weights do not fit 3 channels/,
  },
  {
    op: "concat",
    attributes: {},
    shapes: [
      [N, 3, H, H],
      [N, 3, H, 4],
    ],
    message: /agree in everything but their channels/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, H],
      [8, 3, 3, 3],
    ],
    message: /\[N,C,H,W\]/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 2 },
    shapes: [
      [N, 3, H, H],
      [8, 1, 3, 3],
    ],
    message: /3 input channels do not divide into 2 groups/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, H, H],
      [8, 4, 3, 3],
    ],
    message: /reads 4 channels per group, the input has 3/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [[N, 3, H, H], [8, 3, 3, 3], [4]],
    message: /bias has 4 values for 8/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, 2, H],
      [8, 3, 3, 3],
    ],
    message: /does not fit the padded input/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, H, H, H],
      [8, 3, 3, 3],
    ],
    message: /must be known at compile time/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 1, outputPads: [0, 0] },
    shapes: [
      [N, 3, H, H],
      [4, 8, 3, 3],
    ],
    message: /reads 4 channels, the input has 3/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 2, outputPads: [0, 0] },
    shapes: [
      [N, 3, H, H],
      [3, 8, 3, 3],
    ],
    message: /3 input channels do not divide into 2 groups/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 2, outputPads: [0, 0] },
    shapes: [[N, 4, H, H], [4, 8, 3, 3], [8]],
    message: /bias has 8 values for 16/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, pads: [3, 0, 0, 0], groups: 1, outputPads: [0, 0] },
    shapes: [
      [N, 3, 1, H],
      [3, 8, 3, 3],
    ],
    message: /must leave pixels/,
  },
  { op: "instance_norm", attributes: { epsilon: 0 }, shapes: [[N, 3, H, H], [2], [3]], message: /3 values/ },
  {
    op: "pick",
    attributes: { start: 1, sizes: [2], steps: [2] },
    shapes: [[N, 3]],
    message: /no elements from 1 up to 3 among the 3/,
  },
  {
    op: "pick",
    attributes: { start: 0, sizes: [2], steps: [1] },
    shapes: [[N, 3, H]],
    message: /must be known at compile time/,
  },
  { op: "reshape", attributes: { shape: [2, 2] }, shapes: [[N, 3]], message: /\[3\] is not one of \[2,2\]/ },
  { op: "reshape", attributes: { shape: [4] }, shapes: [[N, 4, H, 1]], message: /must be known at compile time/ },
  { op: "slice_channels", attributes: { start: 1, end: 4 }, shapes: [[N, 3, H, H]], message: /from 1 up to 4 among 3/ },
  { op: "fold_frames", attributes: {}, shapes: [[N, 3, H, H]], message: /5 dimensions, not 4/ },
  { op: "global_pool", attributes: { flat: true }, shapes: [[N, 3]], message: /4 dimensions, not 2/ },
  {
    op: "linear",
    attributes: {},
    shapes: [
      [N, 3],
      [4, 2],
    ],
    message: /reads 2 values/,
  },
  { op: "linear", attributes: {}, shapes: [[N, 3], [4, 3], [3]], message: /bias of a linear layer/ },
  {
    op: "mix_bias",
    attributes: { experts: 4 },
    shapes: [[N, 3, H, H], [11], [N, 4, 1]],
    message: /must hold 12 values/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 2], [32], [N, 4, 2]],
    message: /bank holds 576 values; 4 experts of 8x3x3x3 need 864/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [8], [N, 4, 2]],
    message: /bias holds 8 values, not 32/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 3, 2]],
    message: /3 experts, the kernel bank has 4/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4, 3]],
    message: /8 output channels do not divide into 3 blocks/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4]],
    message: /shape \[N,experts,blocks\], not 2 dimensions/,
  },
  {
    op: "mix_conv",
    attributes: { ...MIX, factors: [{ over: "in", on: "both" }] },
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4, 3]],
    message: /only a factor over output channels can weigh the bias/,
  },
  { op: "one_hot", attributes: {}, shapes: [[N, 4]], message: /3 dimensions/ },
  {
    op: "pad",
    attributes: { mode: "reflect", pads: [4, 0, 4, 0] },
    shapes: [[N, 3, 4, H]],
    message: /smaller than the picture/,
  },
  {
    op: "pad",
    attributes: { mode: "reflect", pads: [-1, 0, 0, 0] },
    shapes: [[N, 3, 4, H]],
    message: /only a pad of zeros/,
  },
  {
    op: "pad",
    attributes: { mode: "zeros", pads: [-2, 0, -2, 0] },
    shapes: [[N, 3, 4, H]],
    message: /must leave some/,
  },
  { op: "pixel_shuffle", attributes: { scale: 2 }, shapes: [[N, 6, H, H]], message: /6 channels do not divide by 2²/ },
  { op: "pixel_unshuffle", attributes: { scale: 2 }, shapes: [[N, 6, 5, H]], message: /5 is not a multiple of 2/ },
  {
    op: "pool",
    attributes: { ...WINDOW, kind: "max", pads: [2, 2, 2, 2] },
    shapes: [[N, 3, H, H]],
    message: /at most half its kernel/,
  },
  { op: "prelu", attributes: {}, shapes: [[N, 3, H, H], [2]], message: /3 values, or one/ },
  { op: "resize", attributes: { mode: "nearest", scale: 2 }, shapes: [[N, 3]], message: /4 dimensions/ },
  {
    op: "route",
    attributes: ROUTER,
    shapes: [[N, 3, H], [8, 3], [8]],
    message: /\[N,C,H,W\] or \[N,C\], not 3 dimensions/,
  },
  { op: "route", attributes: ROUTER, shapes: [[N, 3, H, H], [8, 4], [8]], message: /reads 4 values, its input has 3/ },
  { op: "route", attributes: ROUTER, shapes: [[N, 3, H, H], [8, 3], [4]], message: /bias does not have 8 values/ },
  {
    op: "route",
    attributes: ROUTER,
    shapes: [[N, 3, H, H], [9, 3], [9]],
    message: /gives 9 values, not 4 experts x 2 cardinals/,
  },
  { op: "softmax", attributes: { axis: 4 }, shapes: [[N, 3, H, H]], message: /no axis 4/ },
  { op: "swap_experts", attributes: {}, shapes: [[N, 4, 2]], message: /one cardinal/ },
  { op: "unfold_frames", attributes: {}, shapes: [[N, 3]], message: /4 dimensions/ },
];
