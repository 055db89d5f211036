/** What single operators do with other heights and widths than the exported ones. */
import { describe, expect, it } from "vitest";
import * as build from "../../src/onnx/graph/build.js";
import { line, weights } from "../support/onnx-graphs.js";
import { checkOpenedSizes, type Size } from "../support/opened-sizes.js";
import { C, EXPORTED, floats, integers, ints, network, type Part } from "../support/sized-part.js";

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
