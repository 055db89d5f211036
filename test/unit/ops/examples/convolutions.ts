/** Convolutions, with constant and with mixed kernels. */
import { type Examples, type Value, WINDOW } from "../example.js";

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

export const CONVOLUTIONS: Examples<"conv" | "conv_transpose" | "mix_bias" | "mix_conv"> = {
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
};
