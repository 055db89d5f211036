/** What adds, scales, joins and pools channels. */
import { type Examples, NONE, SQUARE } from "../example.js";

export const CHANNELS: Examples<
  | "add"
  | "affine"
  | "channel_affine"
  | "channel_bias"
  | "channel_scale"
  | "mul"
  | "concat"
  | "slice_channels"
  | "global_pool"
  | "instance_norm"
  | "linear"
  | "demodulation"
> = {
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
};
