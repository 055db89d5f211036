/** What is shown of single operators: what they do with other heights and widths than the exported ones, or why not. */
import { describe, expect, it } from "vitest";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { checkOpenedSizes, type Size } from "../support/opened-sizes.js";

const C = 4;

/** A part of a network for pictures of one size: nodes from `x` [1,4,h,w] to `y`, and the constants that they read. */
interface Part {
  readonly nodes: readonly (string | NodeProto)[];
  readonly constants?: readonly TensorProto[];
  readonly opset?: number;
  /** Of `y`; absent: nothing is declared. */
  readonly shape?: readonly number[];
}

const integers = (name: string, ...values: readonly number[]): TensorProto =>
  build.intTensor(name, [values.length], values);
const floats = (name: string, ...values: readonly number[]): TensorProto => build.floatVector(name, values);
const ints = (...values: readonly number[]) => ({ ints: values });

function network(part: (h: number, w: number) => Part): {
  readonly export: (size: Size) => ModelProto;
  readonly inputs: (size: Size) => ReadonlyMap<string, readonly number[]>;
} {
  return {
    inputs: ([h, w]) => new Map([["x", [1, C, h, w]]]),
    export: ([h, w]) => {
      const { nodes, constants = [], opset = 17, shape } = part(h, w);
      const graph = build.graph({
        name: "g",
        input: [build.valueInfo("x", "FLOAT", [1, C, h, w])],
        node: nodes.map((node) => (typeof node === "string" ? line(node) : node)),
        initializer: constants,
        output: [build.valueInfo("y", "FLOAT", shape)],
      });
      return modelOf(graph, opset);
    },
  };
}

/** Square, so that no number tells height from width. */
const EXPORTED: Size = [8, 8];
const OTHERS: readonly Size[] = [
  [12, 8],
  [8, 16],
  [16, 12],
];

type Cases = readonly (readonly [what: string, part: (h: number, w: number) => Part])[];

const OPENED: Cases = [
  [
    "a Reshape that leaves its input as it is",
    (h, w) => ({ nodes: ["y = Reshape x s"], constants: [integers("s", 1, C, h, w)] }),
  ],
  [
    "the same with what is left over at the channels",
    (h, w) => ({ nodes: ["y = Reshape x s"], constants: [integers("s", 1, -1, h, w)] }),
  ],
  [
    "the same where zeros are sizes",
    (h, w) => ({ nodes: [line("y = Reshape x s", { allowzero: { i: 1 } })], constants: [integers("s", 1, C, h, w)] }),
  ],
  [
    "pixels in a row, and back",
    (h, w) => ({
      nodes: [
        "a = Reshape x s",
        line("b = Transpose a", { perm: ints(0, 2, 1) }),
        "c = MatMul b m",
        line("d = Transpose c", { perm: ints(0, 2, 1) }),
        "y = Reshape d t",
      ],
      constants: [integers("s", 1, C, h * w), integers("t", 1, C, h, w), weights("m", [C, C])],
    }),
  ],
  [
    "a product of pixels with themselves, between channels",
    (h, w) => ({
      nodes: [
        "a = Reshape x s",
        line("b = Transpose a", { perm: ints(0, 2, 1) }),
        "c = MatMul a b",
        line("d = Softmax c", { axis: { i: -1 } }),
        "e = MatMul d a",
        "y = Reshape e t",
      ],
      constants: [integers("s", 1, C, h * w), integers("t", 1, C, h, w)],
    }),
  ],
  [
    "attention between pixels",
    (h, w) => ({
      nodes: [
        "a = Reshape x s",
        line("b = Transpose a", { perm: ints(0, 2, 1) }),
        "c = MatMul b a",
        line("d = Softmax c", { axis: { i: -1 } }),
        "e = MatMul a d",
        "y = Reshape e t",
      ],
      constants: [integers("s", 1, C, -1), integers("t", 1, C, h, w)],
    }),
  ],
  [
    "groups of channels, as a GroupNorm is written",
    (h, w) => ({
      nodes: ["a = Reshape x s", "b = InstanceNormalization a o z", "y = Reshape b t"],
      constants: [integers("s", 0, 2, -1), integers("t", 1, C, h, w), weights("o", [2]), weights("z", [2])],
    }),
  ],
  [
    "a pixel shuffle by hand",
    (h, w) => ({
      nodes: ["a = Reshape x s", line("b = Transpose a", { perm: ints(0, 1, 4, 2, 5, 3) }), "y = Reshape b t"],
      constants: [integers("s", 1, 1, 2, 2, h, w), integers("t", 1, 1, 2 * h, 2 * w)],
    }),
  ],
  [
    "blocks of pixels as channels, by hand",
    (h, w) => ({
      nodes: [
        "a = Reshape x s",
        line("b = Transpose a", { perm: ints(0, 1, 3, 5, 2, 4) }),
        "c = Reshape b t",
        line("y = Conv c k", { pads: ints(1, 1, 1, 1) }),
      ],
      constants: [
        integers("s", 1, C, h / 2, 2, w / 2, 2),
        integers("t", 1, 4 * C, h / 2, w / 2),
        weights("k", [C, 4 * C, 3, 3]),
      ],
    }),
  ],
  [
    "a Slice to the end",
    (h, w) => ({
      nodes: ["y = Slice x b e a"],
      constants: [integers("b", 0, 0), integers("e", h, w), integers("a", 2, 3)],
    }),
  ],
  [
    "the same of older opsets",
    (h, w) => ({
      nodes: [line("y = Slice x", { axes: ints(2, 3), starts: ints(1, 0), ends: ints(h, w) })],
      opset: 9,
    }),
  ],
  [
    "every second pixel",
    (h) => ({
      nodes: ["y = Slice x b e a t"],
      constants: [integers("b", 1), integers("e", h), integers("a", 2), integers("t", 2)],
    }),
  ],
  [
    "a border cut off",
    () => ({
      nodes: ["y = Slice x b e a"],
      constants: [integers("b", 1, 1), integers("e", -1, -2), integers("a", 2, 3)],
    }),
  ],
  [
    "the last rows",
    (h) => ({ nodes: ["y = Slice x b e a"], constants: [integers("b", -2), integers("e", h), integers("a", 2)] }),
  ],
  [
    "a mirrored picture",
    () => ({
      nodes: ["y = Slice x b e a t"],
      constants: [integers("b", -1), integers("e", -(2 ** 31)), integers("a", 3), integers("t", -1)],
    }),
  ],
  [
    "a Resize to sizes",
    (h, w) => ({
      nodes: [line("y = Resize x - - s", { mode: { s: "linear" } })],
      constants: [integers("s", 1, C, 2 * h, 2 * w)],
    }),
  ],
  ["a Resize by scales", () => ({ nodes: ["y = Resize x - s"], constants: [floats("s", 1, 1, 0.5, 0.5)] })],
  [
    "a Resize by scales that are no whole numbers",
    () => ({ nodes: ["y = Resize x - s"], constants: [floats("s", 1, 1, 1.5, 0.75)] }),
  ],
  [
    "a Resize by sizes that the graph computes",
    () => ({
      nodes: ["s = Shape x", "t = Mul s f", line("y = Resize x - - t", { mode: { s: "nearest" } })],
      constants: [integers("f", 1, 1, 3, 2)],
    }),
  ],
  ["an Upsample", () => ({ nodes: ["y = Upsample x s"], constants: [floats("s", 1, 1, 2, 2)], opset: 9 })],
  ["pads on both sides", () => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, 1, 2, 0, 0, 1, 2)] })],
  [
    "a negative pad on both sides",
    () => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, -1, -1, 0, 0, -1, -1)] }),
  ],
  ["an Expand to what it is", (h, w) => ({ nodes: ["y = Expand x s"], constants: [integers("s", 1, C, h, w)] })],
  ["an Expand over more axes", (h, w) => ({ nodes: ["y = Expand x s"], constants: [integers("s", 2, 1, 1, h, w)] })],
  [
    "a window at every second place",
    () => ({
      nodes: [line("y = Conv x k", { strides: ints(2, 2), pads: ints(1, 1, 1, 1) })],
      constants: [weights("k", [C, C, 3, 3])],
    }),
  ],
  [
    "a window whose pads are found out",
    () => ({
      nodes: [line("y = Conv x k", { strides: ints(3, 3), auto_pad: { s: "SAME_UPPER" } })],
      constants: [weights("k", [C, C, 3, 3])],
    }),
  ],
  [
    "a transposed convolution",
    () => ({
      nodes: [
        line("y = ConvTranspose x k", { strides: ints(2, 2), pads: ints(1, 1, 1, 1), output_padding: ints(1, 1) }),
      ],
      constants: [weights("k", [C, C, 3, 3])],
    }),
  ],
  [
    "a pool that rounds up",
    () => ({ nodes: [line("y = MaxPool x", { kernel_shape: ints(3, 3), strides: ints(2, 2), ceil_mode: { i: 1 } })] }),
  ],
  [
    "a U: down, up and beside what it came from",
    () => ({
      nodes: [
        line("a = Conv x k", { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
        line("b = ConvTranspose a u", { strides: ints(2, 2) }),
        line("y = Concat b x", { axis: { i: 1 } }),
      ],
      constants: [weights("k", [C, C, 3, 3]), weights("u", [C, C, 2, 2])],
    }),
  ],
  [
    "a gate",
    () => ({
      nodes: [
        "p = GlobalAveragePool x",
        "f = Flatten p",
        "m = MatMul f k",
        "r = Reshape m s",
        "g = Sigmoid r",
        "y = Mul x g",
      ],
      constants: [weights("k", [C, C]), integers("s", 1, C, 1, 1)],
    }),
  ],
  [
    "a number for each channel and a row of pixels",
    (h, w) => ({
      nodes: [line("a = Einsum x k", { equation: { s: "nchw,cd->ndhw" } }), "y = Reshape a s"],
      constants: [weights("k", [C, C]), integers("s", 1, C, h * w)],
    }),
  ],
  [
    "normalisation over channels",
    () => ({
      nodes: [
        line("a = Transpose x", { perm: ints(0, 2, 3, 1) }),
        line("b = LayerNormalization a o z", { axis: { i: -1 } }),
        line("y = Transpose b", { perm: ints(0, 3, 1, 2) }),
      ],
      constants: [weights("o", [C]), weights("z", [C])],
    }),
  ],
  [
    "a picture that is made as large as one",
    () => ({
      nodes: [
        "s = Shape x",
        line("c = ConstantOfShape s", { value: { t: build.floatVector("", [0.5]) } }),
        "y = Add x c",
      ],
    }),
  ],
  [
    "halves of the channels, counted by the graph",
    () => ({
      nodes: [
        "s = Shape x",
        line("n = Gather s one", { axis: { i: 0 } }),
        "half = Div n two",
        "a = Slice x zero half one",
        "b = Slice x half n one",
        "y = Mul a b",
      ],
      constants: [integers("zero", 0), integers("one", 1), integers("two", 2)],
    }),
  ],
  [
    "a mean by hand, over what the graph counts",
    () => ({
      nodes: [
        line("t = ReduceSum x axes", { keepdims: { i: 1 } }),
        "s = Shape x",
        line("h = Gather s two", { axis: { i: 0 } }),
        line("w = Gather s three", { axis: { i: 0 } }),
        "n = Mul h w",
        line("f = Cast n", { to: { i: 1 } }),
        "y = Div t f",
      ],
      constants: [integers("axes", 2, 3), integers("two", 2), integers("three", 3)],
      shape: [1, C, 1, 1],
    }),
  ],
];

describe("opened, with the numbers of an export for that size", () => {
  it.each(OPENED)("%s", { timeout: 60_000 }, async (_, part) => {
    expect(await checkOpenedSizes(network(part), EXPORTED, OTHERS)).not.toHaveProperty("reason");
  });

  it("one of the two alone", { timeout: 60_000 }, async () => {
    const part = (h: number, w: number): Part => ({
      nodes: ["y = Reshape x s"],
      constants: [integers("s", 1, C, h, w)],
    });
    const opened = await checkOpenedSizes(network(part), EXPORTED, [[16, 8]], ["height"]);
    expect(opened).toMatchObject({ symbols: new Map([["height", "height"]]) });
  });
});

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
    /^height \(8 in the export\) comes apart into 2×4, as for windows/,
  ],
  [
    "a table as large as the picture",
    (h, w) => ({ nodes: ["y = Add x t"], constants: [weights("t", [1, C, h, w])] }),
    "y",
    /^its input 1 holds the exported size 8 where its input 0 has height \(8 in the export\)/,
  ],
  [
    "a weight for each pixel",
    (h, w) => ({ nodes: ["f = Flatten x", "y = MatMul f k"], constants: [weights("k", [C * h * w, 3])] }),
    "y",
    /^it weighs each of the 4\*height\*width \(256 in the export\) places/,
  ],
  [
    "the same as a Gemm",
    (h, w) => ({ nodes: ["f = Flatten x", "y = Gemm f k"], constants: [weights("k", [C * h * w, 3])] }),
    "y",
    /^it weighs each/,
  ],
  [
    "a Slice that ends before the end",
    () => ({ nodes: ["y = Slice x b e a"], constants: [integers("b", 0), integers("e", 6), integers("a", 2)] }),
    "y",
    /^it ends at 6 of height \(8 in the export\), which may depend/,
  ],
  [
    "a Slice that begins in the middle",
    (h) => ({ nodes: ["y = Slice x b e a"], constants: [integers("b", h / 2), integers("e", h), integers("a", 2)] }),
    "y",
    /^it begins at 4 of height/,
  ],
  [
    "halves",
    () => ({ nodes: [line("y z = Split x", { axis: { i: 3 } })] }),
    "y",
    /^it splits width \(8 in the export\)/,
  ],
  [
    "pads that fill up to a multiple",
    (h) => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, 0, 0, 0, 0, (12 - (h % 12)) % 12, 0)] }),
    "y",
    /^it adds 0 before and 4 after height/,
  ],
  [
    "pads that add nothing in the export",
    () => ({ nodes: ["y = Pad x p"], constants: [integers("p", 0, 0, 0, 0, 0, 0, 0, 0)] }),
    "y",
    /which may fill it up to a multiple/,
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
    /^its windows of 4×4 may stand for 2×2 parts/,
  ],
  [
    "a Resize to any size",
    () => ({ nodes: ["y = Resize x - - s"], constants: [integers("s", 1, C, 224, 224)] }),
    "y",
    /^it gives height \(8 in the export\) the size 224/,
  ],
  [
    "a Resize from a pool to the picture",
    (h, w) => ({
      nodes: ["p = GlobalAveragePool x", "r = Resize p - - s", "y = Add x r"],
      constants: [integers("s", 1, C, h, w)],
    }),
    "y",
    /^its input 1 holds the exported size 8/,
  ],
  [
    "a mean by hand",
    (h, w) => ({
      nodes: [line("t = ReduceSum x axes", { keepdims: { i: 1 } }), "y = Div t n"],
      constants: [integers("axes", 2, 3), floats("n", h * w)],
    }),
    "y",
    /^it scales a sum over the picture by 64, and the export summed over 64 places/,
  ],
  [
    "a variance by hand",
    (h, w) => ({
      nodes: [line("t = ReduceMean x", { axes: ints(2, 3) }), "y = Mul t n"],
      constants: [floats("n", (h * w) / (h * w - 1))],
    }),
    "y",
    /^it scales a sum over the picture by 1\.01/,
  ],
  [
    "what is not known",
    () => ({ nodes: ["i = Shape x", line("y = CumSum x zero")], constants: [build.intTensor("zero", [], [2])] }),
    "y",
    /^nothing is known of what CumSum does/,
  ],
  [
    "places along a row",
    () => ({ nodes: [line("i = ArgMax x", { axis: { i: 3 } }), line("y = Cast i", { to: { i: 1 } })] }),
    "i",
    /^it counts places along width/,
  ],
  [
    "a chosen column",
    () => ({ nodes: [line("y = Gather x i", { axis: { i: 3 } })], constants: [integers("i", 5)] }),
    "y",
    /^it chooses places along width/,
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
    /^(its output_shape holds|the channels that it weighs)/,
  ],
];

describe("refused, with the node and the reason", () => {
  it.each(REFUSED)("%s", async (_, part, node, reason) => {
    const refusal = await checkOpenedSizes(network(part), EXPORTED, []);
    expect(refusal).toEqual({ node, reason: expect.stringMatching(reason) });
  });
});
