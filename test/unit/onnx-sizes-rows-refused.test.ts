/** Why single operators do not take other heights and widths than the exported ones. */
import { describe, expect, it } from "vitest";
import * as build from "../../src/onnx/graph/build.js";
import { line, weights } from "../support/onnx-graphs.js";
import { checkOpenedSizes } from "../support/opened-sizes.js";
import { C, EXPORTED, floats, integers, ints, network, type Part } from "../support/sized-part.js";

const REFUSED: readonly (readonly [
  what: string,
  part: (h: number, w: number) => Part,
  node: string,
  reason: RegExp,
])[] = [
  [
    "windows",
    (h, w) => ({
      nodes: ["a = Reshape x s", line("y = Transpose a", { perm: ints(0, 2, 4, 3, 5, 1) })],
      constants: [integers("s", 1, C, h / 4, 4, w / 4, 4)],
    }),
    "a",
    /^it splits an axis of size height \(8 in the export\) into 2×4, as for windows/,
  ],
  [
    "a table as large as the picture",
    (h, w) => ({ nodes: ["y = Add x t"], constants: [weights("t", [1, C, h, w])] }),
    "y",
    /^its input 1 has the exported size 8, but its input 0 has height \(8 in the export\)/,
  ],
  [
    "a weight for each pixel",
    (h, w) => ({ nodes: ["f = Flatten x", "y = MatMul f k"], constants: [weights("k", [C * h * w, 3])] }),
    "y",
    /^it has one weight for each of the 4\*height\*width \(256 in the export\) positions/,
  ],
  [
    "the same as a Gemm",
    (h, w) => ({ nodes: ["f = Flatten x", "y = Gemm f k"], constants: [weights("k", [C * h * w, 3])] }),
    "y",
    /^it has one weight for each/,
  ],
  [
    "a Slice that ends before the end",
    () => ({ nodes: ["y = Slice x b e a"], constants: [integers("b", 0), integers("e", 6), integers("a", 2)] }),
    "y",
    /^it ends at 6 on an axis of size height \(8 in the export\), .* whether the end depends/,
  ],
  [
    "a Slice that begins in the middle",
    (h) => ({ nodes: ["y = Slice x b e a"], constants: [integers("b", h / 2), integers("e", h), integers("a", 2)] }),
    "y",
    /^it starts at 4 on an axis of size height/,
  ],
  [
    "halves",
    () => ({ nodes: [line("y z = Split x", { axis: { i: 3 } })] }),
    "y",
    /^it splits an axis of size width \(8 in the export\)/,
  ],
  [
    "pads that fill up to a multiple",
    (h) => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, 0, 0, 0, 0, (12 - (h % 12)) % 12, 0)] }),
    "y",
    /^it pads an axis of size height \(8 in the export\) by 0 before and 4 after/,
  ],
  [
    "pads that add nothing in the export",
    () => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, 0, 0, 0, 0, 0, 0)] }),
    "y",
    /perhaps to reach a multiple/,
  ],
  [
    "a pool to one place as a window",
    (h, w) => ({ nodes: [line("y = AveragePool x", { kernel_shape: ints(h, w) })] }),
    "y",
    /^its window is as large as the exported picture/,
  ],
  [
    "a pool to four places as windows",
    (h, w) => ({
      nodes: [line("y = AveragePool x", { kernel_shape: ints(h / 2, w / 2), strides: ints(h / 2, w / 2) })],
    }),
    "y",
    /^its windows of 4×4 may mean 2×2 parts/,
  ],
  [
    "a Resize to any size",
    () => ({ nodes: ["y = Resize x - - s"], constants: [integers("s", 1, C, 224, 224)] }),
    "y",
    /^it resizes an axis of size height \(8 in the export\) to 224/,
  ],
  [
    "a Resize from a pool to the picture",
    (h, w) => ({
      nodes: ["p = GlobalAveragePool x", "r = Resize p - - s", "y = Add x r"],
      constants: [integers("s", 1, C, h, w)],
    }),
    "y",
    /^its input 1 has the exported size 8/,
  ],
  [
    "a mean by hand",
    (h, w) => ({
      nodes: [line("t = ReduceSum x axes", { keepdims: { i: 1 } }), "y = Div t n"],
      constants: [integers("axes", 2, 3), floats("n", h * w)],
    }),
    "y",
    /^it multiplies a sum over the picture by 64, but the export sums over 64 positions/,
  ],
  [
    "a variance by hand",
    (h, w) => ({
      nodes: [line("t = ReduceMean x", { axes: ints(2, 3) }), "y = Mul t n"],
      constants: [floats("n", (h * w) / (h * w - 1))],
    }),
    "y",
    /^it multiplies a sum over the picture by 1\.01/,
  ],
  [
    "what is not known",
    () => ({ nodes: ["i = Shape x", line("y = CumSum x zero")], constants: [build.intTensor("zero", [], [2])] }),
    "y",
    /^it is not known what CumSum does/,
  ],
  [
    "places along a row",
    () => ({ nodes: [line("i = ArgMax x", { axis: { i: 3 } }), line("y = Cast i", { to: { i: 1 } })] }),
    "i",
    /^it returns positions along an axis of size width/,
  ],
  [
    "a chosen column",
    () => ({ nodes: [line("y = Gather x i", { axis: { i: 3 } })], constants: [integers("i", 5)] }),
    "y",
    /^it selects positions along an axis of size width/,
  ],
  [
    "two pictures of different axes",
    () => ({
      nodes: [
        line("t = Transpose x", { perm: ints(0, 3, 2, 1) }),
        line("y = ConvTranspose t k", { output_shape: ints(9, 9) }),
      ],
      constants: [weights("k", [8, 2, 3, 3])],
    }),
    "y",
    /^(its output_shape contains|the number of its channels)/,
  ],
];

describe("refused, with the node and the reason", () => {
  it.each(REFUSED)("%s", async (_, part, node, reason) => {
    const refusal = await checkOpenedSizes(network(part), EXPORTED, []);
    expect(refusal).toEqual({ node, reason: expect.stringMatching(reason) });
  });
});
