/** Activations, choices, and what weighs experts. */
import { LARGEST_FLOAT32 } from "../../../../src/ir/ops/activations.js";
import { type Examples, LN3, NONE } from "../example.js";

const { E } = Math;

export const ACTIVATIONS: Examples<"activation" | "prelu" | "softmax" | "one_hot" | "root" | "pick" | "swap_experts"> =
  {
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
    root: [{ what: "of every element", attributes: NONE, inputs: [[[3], [0, 1, 9]]], output: [[3], [0, 1, 3]] }],
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
  };
