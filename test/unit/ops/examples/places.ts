/** What moves pixels. */
import { type Examples, NONE, SQUARE } from "../example.js";

export const PLACES: Examples<
  | "blend_patches"
  | "extract_patches"
  | "fold_frames"
  | "unfold_frames"
  | "pixel_shuffle"
  | "pixel_unshuffle"
  | "reshape"
> = {
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
};
