/** What every operator computes, worked out by hand on inputs of a few numbers. */
import { LARGEST_FLOAT32 } from "../../../src/ir/ops/activations.js";
import type { OpAttributes, OpName } from "../../../src/ir/ops/index.js";

/** Shape and values. */
export type Value = readonly [shape: readonly number[], data: readonly number[]];

export interface Example<Attributes> {
  readonly what: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
  readonly output: Value;
}

const WINDOW = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] } as const;
const NONE = {};
const SQUARE: Value = [
  [1, 1, 2, 2],
  [1, 2, 3, 4],
];
const { E } = Math;
const LN3 = Math.log(3);

/** Two experts of one 1×1 kernel, 10 and 100, with biases 1 and 2; β is (½, ½) for the first sample, (0, 1) for the next. */
const MIX = {
  x: [
    [2, 1, 1, 2],
    [1, 2, 3, 4],
  ] as Value,
  bank: [
    [2, 1, 1, 1],
    [10, 100],
  ] as Value,
  bias: [[2], [1, 2]] as Value,
  beta: [
    [2, 2, 1],
    [0.5, 0.5, 0, 1],
  ] as Value,
};
const MIX_ATTRIBUTES = { ...WINDOW, groups: 1, experts: 2, out: 1, bias: "bank", demodulate: null } as const;
const OVER_OUT = { over: "out", on: "both" } as const;

const ROUTER = {
  experts: 2,
  cardinals: 1,
  stages: [{ kind: "linear", bias: true }],
  temperature: 1,
  normalise: "softmax",
} as const;

export const EXAMPLES: { readonly [Op in OpName]: readonly Example<OpAttributes[Op]>[] } = {
  activation: [
    { what: "relu", attributes: { fn: "relu" }, inputs: [[[3], [-1, 0, 2]]], output: [[3], [0, 0, 2]] },
    {
      what: "leaky relu",
      attributes: { fn: "leaky_relu", slope: 0.1 },
      inputs: [[[2], [-10, 10]]],
      output: [[2], [-1, 10]],
    },
    { what: "sigmoid", attributes: { fn: "sigmoid" }, inputs: [[[2], [0, LN3]]], output: [[2], [0.5, 0.75]] },
    { what: "silu", attributes: { fn: "silu" }, inputs: [[[2], [0, LN3]]], output: [[2], [0, 0.75 * LN3]] },
    { what: "tanh", attributes: { fn: "tanh" }, inputs: [[[2], [0, LN3 / 2]]], output: [[2], [0, 0.5]] },
    // Φ(1) = 0.8413447460685429, Φ(−4) = 3.167124183311998e-5
    {
      what: "gelu",
      attributes: { fn: "gelu" },
      inputs: [[[3], [0, 1, -4]]],
      output: [[3], [0, 0.8413447460685429, -0.00012668496733248]],
    },
    // Φ by tanh at 1: (1 + tanh(√(2/π)·1.044715)) / 2 = 0.841191990608277
    {
      what: "gelu by tanh",
      attributes: { fn: "gelu_tanh" },
      inputs: [[[2], [0, 1]]],
      output: [[2], [0, 0.841191990608277]],
    },
    {
      what: "the error function",
      attributes: { fn: "erf" },
      inputs: [[[3], [0, Math.SQRT1_2, -Math.SQRT1_2]]],
      output: [[3], [0, 0.682689492137086, -0.682689492137086]],
    },
    {
      what: "elu",
      attributes: { fn: "elu", alpha: 0.5 },
      inputs: [[[2], [2, -LN3]]],
      output: [[2], [2, -1 / 3]],
    },
    {
      what: "hard sigmoid",
      attributes: { fn: "hard_sigmoid", alpha: 0.25, beta: 0.5 },
      inputs: [[[3], [-3, 1, 3]]],
      output: [[3], [0, 0.75, 1]],
    },
    {
      what: "hard swish",
      attributes: { fn: "hard_swish" },
      inputs: [[[4], [-4, -1.5, 0, 4]]],
      output: [[4], [0, -0.375, 0, 4]],
    },
    {
      what: "softplus",
      attributes: { fn: "softplus" },
      inputs: [[[3], [0, 100, -100]]],
      output: [[3], [Math.LN2, 100, 3.720075976020836e-44]],
    },
    // tanh(ln 2) = 0.6, tanh(ln 4) = 15/17
    {
      what: "mish",
      attributes: { fn: "mish" },
      inputs: [[[2], [0, LN3]]],
      output: [[2], [0, (LN3 * 15) / 17]],
    },
    {
      what: "clamp of one side",
      attributes: { fn: "clamp", min: 0, max: LARGEST_FLOAT32 },
      inputs: [[[2], [-1, 2]]],
      output: [[2], [0, 2]],
    },
    {
      what: "clamp of the other side",
      attributes: { fn: "clamp", min: -LARGEST_FLOAT32, max: 1 },
      inputs: [[[2], [-1, 2]]],
      output: [[2], [-1, 1]],
    },
    {
      what: "clamp",
      attributes: { fn: "clamp", min: 0, max: 1 },
      inputs: [[[3], [-1, 0.5, 2]]],
      output: [[3], [0, 0.5, 1]],
    },
  ],
  add: [
    {
      what: "equal shapes",
      attributes: NONE,
      inputs: [SQUARE, SQUARE],
      output: [
        [1, 1, 2, 2],
        [2, 4, 6, 8],
      ],
    },
    {
      what: "sizes of 1 broadcast both ways",
      attributes: NONE,
      inputs: [
        [
          [2, 1],
          [1, 2],
        ],
        [
          [1, 2],
          [10, 20],
        ],
      ],
      output: [
        [2, 2],
        [11, 21, 12, 22],
      ],
    },
  ],
  affine: [
    {
      what: "scale, then shift",
      attributes: { scale: 2, shift: -1 },
      inputs: [[[3], [0, 1, 2]]],
      output: [[3], [-1, 1, 3]],
    },
  ],
  blend_patches: [
    {
      what: "one place that the grid and four strips of weight 3 share",
      attributes: { patch: 2, frame: 0, stride: 2, borderWeight: 3, wholeBelow: 2 },
      inputs: [
        [
          [5, 1, 2, 2],
          [13, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0],
        ],
        SQUARE,
      ],
      output: [
        [1, 1, 2, 2],
        [1, 3, 0, 2],
      ],
    },
    {
      what: "a picture that is one patch keeps it",
      attributes: { patch: 48, frame: 4, stride: 32, borderWeight: 0.3, wholeBelow: 192 },
      inputs: [
        [
          [1, 1, 2, 2],
          [5, 6, 7, 8],
        ],
        SQUARE,
      ],
      output: [
        [1, 1, 2, 2],
        [5, 6, 7, 8],
      ],
    },
  ],
  channel_affine: [
    {
      what: "each channel has its own",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 2, 3, 4],
        ],
        [[2], [10, 100]],
        [[2], [1, 2]],
      ],
      output: [
        [1, 2, 1, 2],
        [11, 21, 302, 402],
      ],
    },
  ],
  channel_bias: [
    {
      what: "each channel has its own",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 2, 3, 4],
        ],
        [[2], [10, 20]],
      ],
      output: [
        [1, 2, 1, 2],
        [11, 12, 23, 24],
      ],
    },
  ],
  channel_scale: [
    {
      what: "weights of each sample",
      attributes: NONE,
      inputs: [
        [
          [2, 2, 1, 1],
          [1, 2, 3, 4],
        ],
        [
          [2, 2],
          [10, 100, 1, 0],
        ],
      ],
      output: [
        [2, 2, 1, 1],
        [10, 200, 3, 0],
      ],
    },
    {
      what: "blocks of channels, the same for all samples",
      attributes: NONE,
      inputs: [
        [
          [2, 4, 1, 1],
          [1, 2, 3, 4, 5, 6, 7, 8],
        ],
        [
          [1, 1, 2],
          [10, 100],
        ],
      ],
      output: [
        [2, 4, 1, 1],
        [10, 20, 300, 400, 50, 60, 700, 800],
      ],
    },
  ],
  concat: [
    {
      what: "channels of each sample side by side",
      attributes: NONE,
      inputs: [
        [
          [2, 1, 1, 2],
          [1, 2, 3, 4],
        ],
        [
          [2, 2, 1, 2],
          [10, 20, 30, 40, 50, 60, 70, 80],
        ],
      ],
      output: [
        [2, 3, 1, 2],
        [1, 2, 10, 20, 30, 40, 3, 4, 50, 60, 70, 80],
      ],
    },
  ],
  conv: [
    {
      what: "a kernel over a padded border, and a bias",
      attributes: { ...WINDOW, kernel: [1, 3], pads: [0, 1, 0, 1], groups: 1 },
      inputs: [
        [
          [1, 1, 1, 3],
          [1, 2, 3],
        ],
        [
          [1, 1, 1, 3],
          [1, 10, 100],
        ],
        [[1], [0.5]],
      ],
      output: [
        [1, 1, 1, 3],
        [210.5, 321.5, 32.5],
      ],
    },
    {
      what: "stride and dilation",
      attributes: { ...WINDOW, kernel: [1, 2], stride: [1, 2], dilation: [1, 2], groups: 1 },
      inputs: [
        [
          [1, 1, 1, 5],
          [1, 2, 3, 4, 5],
        ],
        [
          [1, 1, 1, 2],
          [1, 10],
        ],
      ],
      output: [
        [1, 1, 1, 2],
        [31, 53],
      ],
    },
    {
      what: "groups see their own channels",
      attributes: { ...WINDOW, groups: 2 },
      inputs: [
        [
          [1, 2, 1, 1],
          [3, 5],
        ],
        [
          [4, 1, 1, 1],
          [1, 10, 100, 1000],
        ],
      ],
      output: [
        [1, 4, 1, 1],
        [3, 30, 500, 5000],
      ],
    },
  ],
  conv_transpose: [
    {
      what: "a kernel at every other place, a bias, a pixel cut off and one more",
      attributes: { ...WINDOW, kernel: [1, 3], stride: [1, 2], pads: [0, 1, 0, 1], groups: 1, outputPads: [0, 1] },
      inputs: [
        [
          [1, 1, 1, 2],
          [1, 2],
        ],
        [
          [1, 1, 1, 3],
          [1, 10, 100],
        ],
        [[1], [0.5]],
      ],
      output: [
        [1, 1, 1, 4],
        [10.5, 102.5, 20.5, 200.5],
      ],
    },
    {
      what: "groups see their own channels, dilation",
      attributes: { ...WINDOW, kernel: [1, 2], dilation: [1, 2], groups: 2, outputPads: [0, 0] },
      inputs: [
        [
          [1, 2, 1, 1],
          [3, 5],
        ],
        [
          [2, 2, 1, 2],
          [1, 2, 3, 4, 5, 6, 7, 8],
        ],
      ],
      output: [
        [1, 4, 1, 3],
        [3, 0, 6, 9, 0, 12, 25, 0, 30, 35, 0, 40],
      ],
    },
  ],
  demodulation: [
    {
      what: "one over the norm of each row, its columns weighed",
      attributes: { epsilon: 0, inputs: 1 },
      inputs: [
        [
          [2, 2, 1, 1],
          [3, 4, 5, 12],
        ],
        [
          [2, 1, 2],
          [1, 1, 1, 0],
        ],
      ],
      output: [
        [2, 2],
        [1 / 5, 1 / 13, 1 / 3, 1 / 5],
      ],
    },
    {
      what: "rows weighed too, and ε",
      attributes: { epsilon: 0.0064, inputs: 0 },
      inputs: [
        [
          [1, 1, 1, 2],
          [0.3, 0.4],
        ],
        [[1, 1, 1], [0.12]],
      ],
      output: [[1, 1], [10]],
    },
  ],
  extract_patches: [
    {
      what: "one place that the grid and four strips share",
      attributes: { patch: 2, frame: 0, stride: 2, borderWeight: 3, wholeBelow: 2 },
      inputs: [SQUARE],
      output: [
        [5, 1, 2, 2],
        [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
      ],
    },
    {
      what: "a picture below the limit is one patch",
      attributes: { patch: 48, frame: 4, stride: 32, borderWeight: 0.3, wholeBelow: 192 },
      inputs: [SQUARE],
      output: SQUARE,
    },
  ],
  fold_frames: [
    {
      what: "channel-major",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 2, 1, 1],
          [1, 2, 3, 4],
        ],
      ],
      output: [
        [1, 4, 1, 1],
        [1, 2, 3, 4],
      ],
    },
  ],
  global_pool: [
    {
      what: "the mean",
      attributes: { flat: false },
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 3, 10, 20],
        ],
      ],
      output: [
        [1, 2, 1, 1],
        [2, 15],
      ],
    },
    {
      what: "the mean, flat",
      attributes: { flat: true },
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 3, 10, 20],
        ],
      ],
      output: [
        [1, 2],
        [2, 15],
      ],
    },
  ],
  instance_norm: [
    {
      what: "each channel of each sample by itself",
      attributes: { epsilon: 3 },
      inputs: [
        [
          [2, 1, 1, 2],
          [1, 3, 10, 10],
        ],
        [[1], [4]],
        [[1], [0.5]],
      ],
      output: [
        [2, 1, 1, 2],
        [-1.5, 2.5, 0.5, 0.5],
      ],
    },
  ],
  linear: [
    {
      what: "rows of the weight times x, plus bias",
      attributes: NONE,
      inputs: [
        [
          [1, 2],
          [1, 2],
        ],
        [
          [3, 2],
          [1, 0, 0, 1, 10, 10],
        ],
        [[3], [0, 0, 1]],
      ],
      output: [
        [1, 3],
        [1, 2, 31],
      ],
    },
  ],
  mix_bias: [
    {
      what: "biases mixed for each sample",
      attributes: { experts: 2 },
      inputs: [
        [
          [2, 1, 1, 1],
          [0, 1],
        ],
        [[2], [10, 100]],
        [
          [2, 2, 1],
          [0.5, 0.5, 0, 1],
        ],
      ],
      output: [
        [2, 1, 1, 1],
        [55, 101],
      ],
    },
  ],
  mix_conv: [
    {
      what: "kernels and biases mixed for each sample",
      attributes: { ...MIX_ATTRIBUTES, factors: [OVER_OUT] },
      inputs: [MIX.x, MIX.bank, MIX.bias, MIX.beta],
      output: [
        [2, 1, 1, 2],
        [56.5, 111.5, 302, 402],
      ],
    },
    {
      what: "cardinals choose for their own block of output channels",
      attributes: { ...MIX_ATTRIBUTES, out: 2, bias: "none", factors: [OVER_OUT] },
      inputs: [
        [[1, 1, 1, 1], [1]],
        [
          [4, 1, 1, 1],
          [1, 2, 10, 20],
        ],
        [
          [1, 2, 2],
          [1, 0, 0, 1],
        ],
      ],
      output: [
        [1, 2, 1, 1],
        [1, 20],
      ],
    },
    {
      what: "factors over input channels and taps weigh the kernel, the plain bias is left alone",
      attributes: {
        ...MIX_ATTRIBUTES,
        kernel: [1, 2],
        experts: 1,
        bias: "plain",
        factors: [
          { over: "in", on: "kernel" },
          { over: "tap", on: "kernel" },
        ],
      },
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 1, 1, 1],
        ],
        [
          [1, 2, 1, 2],
          [1, 2, 3, 4],
        ],
        [[1], [0.5]],
        [
          [1, 1, 2],
          [10, 100],
        ],
        [
          [1, 1, 2],
          [1, 0],
        ],
      ],
      output: [[1, 1, 1, 1], [310.5]],
    },
    {
      what: "demodulation divides by the norm of the mixed kernel",
      attributes: {
        ...MIX_ATTRIBUTES,
        experts: 1,
        bias: "none",
        demodulate: 1e-30,
        factors: [{ over: "in", on: "kernel" }],
      },
      inputs: [
        [
          [1, 2, 1, 1],
          [5, 10],
        ],
        [
          [1, 2, 1, 1],
          [3, 1],
        ],
        [
          [1, 1, 2],
          [1, 4],
        ],
      ],
      output: [[1, 1, 1, 1], [11]],
    },
  ],
  mul: [
    {
      what: "broadcast",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 1, 2],
          [1, 2, 3, 4],
        ],
        [
          [1, 2, 1, 1],
          [10, 100],
        ],
      ],
      output: [
        [1, 2, 1, 2],
        [10, 20, 300, 400],
      ],
    },
  ],
  one_hot: [
    {
      what: "the first of the largest, in each cardinal",
      attributes: NONE,
      inputs: [
        [
          [1, 3, 2],
          [0.2, 0.4, 0.4, 0.2, 0.4, 0.4],
        ],
      ],
      output: [
        [1, 3, 2],
        [0, 1, 1, 0, 0, 0],
      ],
    },
  ],
  pad: [
    {
      what: "pixels taken away",
      attributes: { mode: "zeros", pads: [0, -1, 0, -2] },
      inputs: [
        [
          [1, 1, 1, 4],
          [1, 2, 3, 4],
        ],
      ],
      output: [[1, 1, 1, 1], [2]],
    },
    {
      what: "pixels taken away on one side and zeros added on the other",
      attributes: { mode: "zeros", pads: [0, -1, 0, 1] },
      inputs: [
        [
          [1, 1, 1, 2],
          [1, 2],
        ],
      ],
      output: [
        [1, 1, 1, 2],
        [2, 0],
      ],
    },
    {
      what: "zeros",
      attributes: { mode: "zeros", pads: [0, 1, 0, 2] },
      inputs: [
        [
          [1, 1, 1, 2],
          [1, 2],
        ],
      ],
      output: [
        [1, 1, 1, 5],
        [0, 1, 2, 0, 0],
      ],
    },
    {
      what: "reflect, without the edge",
      attributes: { mode: "reflect", pads: [0, 2, 0, 1] },
      inputs: [
        [
          [1, 1, 1, 3],
          [1, 2, 3],
        ],
      ],
      output: [
        [1, 1, 1, 6],
        [3, 2, 1, 2, 3, 2],
      ],
    },
    {
      what: "replicate",
      attributes: { mode: "replicate", pads: [1, 0, 0, 1] },
      inputs: [
        [
          [1, 1, 1, 2],
          [1, 2],
        ],
      ],
      output: [
        [1, 1, 2, 3],
        [1, 2, 2, 1, 2, 2],
      ],
    },
  ],
  pick: [
    {
      what: "every second element of each sample, and a column for each",
      attributes: { start: 1, sizes: [2, 2], steps: [1, 2] },
      inputs: [
        [
          [2, 5, 1],
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        ],
      ],
      output: [
        [2, 2, 2],
        [2, 4, 3, 5, 7, 9, 8, 10],
      ],
    },
    {
      what: "the same element many times",
      attributes: { start: 1, sizes: [3], steps: [0] },
      inputs: [
        [
          [1, 2],
          [1, 2],
        ],
      ],
      output: [
        [1, 3],
        [2, 2, 2],
      ],
    },
  ],
  pixel_shuffle: [
    {
      what: "row and column in the block first",
      attributes: { scale: 2, order: "DCR" },
      inputs: [
        [
          [1, 8, 1, 1],
          [1, 2, 3, 4, 5, 6, 7, 8],
        ],
      ],
      output: [
        [1, 2, 2, 2],
        [1, 3, 5, 7, 2, 4, 6, 8],
      ],
    },
    {
      what: "four channels become a square, row by row",
      attributes: { scale: 2 },
      inputs: [
        [
          [1, 4, 1, 2],
          [1, 2, 3, 4, 5, 6, 7, 8],
        ],
      ],
      output: [
        [1, 1, 2, 4],
        [1, 3, 2, 4, 5, 7, 6, 8],
      ],
    },
  ],
  pixel_unshuffle: [
    {
      what: "row and column in the block first",
      attributes: { scale: 2, order: "DCR" },
      inputs: [
        [
          [1, 2, 2, 2],
          [1, 3, 5, 7, 2, 4, 6, 8],
        ],
      ],
      output: [
        [1, 8, 1, 1],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ],
    },
    {
      what: "a square becomes four channels, row by row",
      attributes: { scale: 2 },
      inputs: [
        [
          [1, 1, 2, 4],
          [1, 3, 2, 4, 5, 7, 6, 8],
        ],
      ],
      output: [
        [1, 4, 1, 2],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ],
    },
  ],
  pool: [
    {
      what: "the largest",
      attributes: { ...WINDOW, kernel: [1, 2], kind: "max" },
      inputs: [
        [
          [1, 1, 1, 3],
          [1, 3, 2],
        ],
      ],
      output: [
        [1, 1, 1, 2],
        [3, 3],
      ],
    },
    {
      what: "the largest beside a border, where padding is no value",
      attributes: { ...WINDOW, kernel: [1, 2], pads: [0, 1, 0, 1], kind: "max" },
      inputs: [
        [
          [1, 1, 1, 2],
          [-1, -2],
        ],
      ],
      output: [
        [1, 1, 1, 3],
        [-1, -1, -2],
      ],
    },
    {
      what: "the mean, padded zeros counted",
      attributes: { ...WINDOW, kernel: [1, 2], stride: [1, 2], pads: [0, 1, 0, 1], kind: "average" },
      inputs: [
        [
          [1, 1, 1, 2],
          [2, 4],
        ],
      ],
      output: [
        [1, 1, 1, 2],
        [1, 2],
      ],
    },
  ],
  prelu: [
    {
      what: "a slope per channel",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 1, 2],
          [-1, 1, -1, 1],
        ],
        [[2], [0.5, 2]],
      ],
      output: [
        [1, 2, 1, 2],
        [-0.5, 1, -2, 1],
      ],
    },
    {
      what: "one slope",
      attributes: NONE,
      inputs: [
        [
          [1, 2, 1, 1],
          [-1, -2],
        ],
        [[1], [0.5]],
      ],
      output: [
        [1, 2, 1, 1],
        [-0.5, -1],
      ],
    },
  ],
  reshape: [
    {
      what: "each sample under another shape",
      attributes: { shape: [2, 2] },
      inputs: [
        [
          [2, 4],
          [1, 2, 3, 4, 5, 6, 7, 8],
        ],
      ],
      output: [
        [2, 2, 2],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ],
    },
  ],
  resize: [
    {
      what: "nearest",
      attributes: { mode: "nearest", scale: 2 },
      inputs: [
        [
          [1, 1, 1, 2],
          [1, 2],
        ],
      ],
      output: [
        [1, 1, 2, 4],
        [1, 1, 2, 2, 1, 1, 2, 2],
      ],
    },
    {
      what: "bilinear",
      attributes: { mode: "bilinear", scale: 2 },
      inputs: [
        [
          [1, 1, 1, 2],
          [0, 4],
        ],
      ],
      output: [
        [1, 1, 2, 4],
        [0, 1, 3, 4, 0, 1, 3, 4],
      ],
    },
    // At −¼, ¼, ¾ and 1¼ of (0, 1): Keys' kernel with a = −¾ is w(¾) = 0.26171875, w(1¼) = −0.10546875, w(1¾) = −0.03515625.
    {
      what: "bicubic",
      attributes: { mode: "bicubic", scale: 2 },
      inputs: [
        [
          [1, 1, 1, 2],
          [0, 1],
        ],
      ],
      output: [
        [1, 1, 2, 4],
        [-0.10546875, 0.2265625, 0.7734375, 1.10546875, -0.10546875, 0.2265625, 0.7734375, 1.10546875],
      ],
    },
    {
      what: "by a half, bilinear",
      attributes: { mode: "bilinear", scale: 0.5 },
      inputs: [
        [
          [1, 1, 2, 2],
          [1, 2, 3, 4],
        ],
      ],
      output: [[1, 1, 1, 1], [2.5]],
    },
  ],
  root: [{ what: "of every element", attributes: NONE, inputs: [[[3], [0, 1, 9]]], output: [[3], [0, 1, 3]] }],
  route: [
    {
      what: "softmax over experts of the pooled input's logits",
      attributes: ROUTER,
      inputs: [
        [
          [1, 1, 1, 2],
          [0, 2],
        ],
        [
          [2, 1],
          [1, 0],
        ],
        [[2], [LN3 - 1, 0]],
      ],
      output: [
        [1, 2, 1],
        [0.75, 0.25],
      ],
    },
    {
      what: "rows are expert-major: each cardinal is normalised apart",
      attributes: { ...ROUTER, cardinals: 2, stages: [{ kind: "linear", bias: false }] },
      inputs: [
        [[1, 1], [1]],
        [
          [4, 1],
          [LN3, 0, 0, LN3],
        ],
      ],
      output: [
        [1, 2, 2],
        [0.75, 0.25, 0.25, 0.75],
      ],
    },
    {
      what: "temperature divides the logits",
      attributes: { ...ROUTER, stages: [{ kind: "linear", bias: false }], temperature: 2 },
      inputs: [
        [[1, 1], [1]],
        [
          [2, 1],
          [2 * LN3, 0],
        ],
      ],
      output: [
        [1, 2, 1],
        [0.75, 0.25],
      ],
    },
    {
      what: "a hidden layer, normalisation and activation before a sigmoid",
      attributes: {
        ...ROUTER,
        experts: 1,
        normalise: "sigmoid",
        stages: [
          { kind: "linear", bias: false },
          { kind: "scale_shift" },
          { kind: "activation", activation: { fn: "relu" } },
          { kind: "linear", bias: false },
        ],
      },
      inputs: [
        [[1, 1], [1]],
        [
          [2, 1],
          [1, -1],
        ],
        [[2], [2, 2]],
        [[2], [1, 1]],
        [
          [1, 2],
          [LN3 / 3, 1000],
        ],
      ],
      output: [[1, 1, 1], [0.75]],
    },
    {
      what: "a slope for each hidden value, or one for all",
      attributes: {
        ...ROUTER,
        normalise: "identity",
        stages: [{ kind: "linear", bias: false }, { kind: "prelu" }, { kind: "prelu" }],
      },
      inputs: [
        [[1, 1], [2]],
        [
          [2, 1],
          [3, -4],
        ],
        [[2], [0.5, 0.25]],
        [[1], [-1]],
      ],
      output: [
        [1, 2, 1],
        [6, 2],
      ],
    },
    {
      what: "as the logits are",
      attributes: { ...ROUTER, normalise: "identity", stages: [{ kind: "linear", bias: false }] },
      inputs: [
        [[1, 1], [2]],
        [
          [2, 1],
          [3, -4],
        ],
      ],
      output: [
        [1, 2, 1],
        [6, -8],
      ],
    },
    {
      what: "logits that would overflow",
      attributes: { ...ROUTER, stages: [{ kind: "linear", bias: false }] },
      inputs: [
        [[1, 1], [1]],
        [
          [2, 1],
          [10000, 10000],
        ],
      ],
      output: [
        [1, 2, 1],
        [0.5, 0.5],
      ],
    },
  ],
  slice_channels: [
    {
      what: "some channels of each sample",
      attributes: { start: 1, end: 3 },
      inputs: [
        [
          [2, 3, 1, 1],
          [1, 2, 3, 4, 5, 6],
        ],
      ],
      output: [
        [2, 2, 1, 1],
        [2, 3, 5, 6],
      ],
    },
  ],
  softmax: [
    {
      what: "along an axis",
      attributes: { axis: 1 },
      inputs: [
        [
          [1, 2, 2],
          [LN3, 0, 0, 0],
        ],
      ],
      output: [
        [1, 2, 2],
        [0.75, 0.5, 0.25, 0.5],
      ],
    },
    {
      what: "of large numbers",
      attributes: { axis: 0 },
      inputs: [[[2], [1001, 1000]]],
      output: [[2], [E / (E + 1), 1 / (E + 1)]],
    },
  ],
  swap_experts: [
    {
      what: "experts become blocks",
      attributes: NONE,
      inputs: [
        [
          [2, 2, 1],
          [1, 2, 3, 4],
        ],
      ],
      output: [
        [2, 1, 2],
        [1, 2, 3, 4],
      ],
    },
  ],
  unfold_frames: [
    {
      what: "one frame",
      attributes: NONE,
      inputs: [SQUARE],
      output: [
        [1, 1, 1, 2, 2],
        [1, 2, 3, 4],
      ],
    },
  ],
};
