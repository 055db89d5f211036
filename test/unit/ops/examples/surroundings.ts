/** What looks around pixels, and adds or takes some. */
import { type Examples, WINDOW } from "../example.js";

export const SURROUNDINGS: Examples<"pad" | "pool" | "resize"> = {
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
};
