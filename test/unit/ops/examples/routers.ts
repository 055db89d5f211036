/** Routers. */
import { type Examples, LN3 } from "../example.js";

const ROUTER = {
  experts: 2,
  cardinals: 1,
  stages: [{ kind: "linear", bias: true }],
  temperature: 1,
  normalise: "softmax",
} as const;

export const ROUTERS: Examples<"route"> = {
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
};
