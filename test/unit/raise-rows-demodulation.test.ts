/** Computed kernels as mixtures: demodulation, and biases that are computed too. */
import { describe, expect, it } from "vitest";
import { weights } from "../support/onnx-graphs.js";
import {
  A,
  type Case,
  CONV,
  EPSILON,
  expectCompiled,
  ints,
  KERNEL_SHAPE,
  MIXED,
  MIXED_CONSTANTS,
  MIXED_KERNEL,
  n,
  number,
  ROWS,
  raised,
  SQUARES,
  STYLE,
  STYLE_CONSTANTS,
  STYLE_KERNEL,
} from "../support/raise-case.js";

const STYLED = { experts: 1, factors: ["a in kernel 1x4"], bias: "none" };

const DEMODULATIONS: Readonly<Record<string, Case & { readonly epsilon: number }>> = {
  "Sqrt, Reciprocal, without an epsilon": {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [...STYLE_KERNEL, ...SQUARES, n("t = Sqrt r"), n("i = Reciprocal t"), n("k = Mul p i"), CONV],
    epsilon: 0,
  },
  "Pow, Add, Sqrt, Div of one": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, EPSILON, number("one", 1), number("two", 2), ints("rows", [6, 1, 1, 1])],
    nodes: [
      ...STYLE_KERNEL,
      n("q = Pow p two"),
      n("r = ReduceSum q axes", { keepdims: { i: 0 } }),
      n("e = Add r epsilon"),
      n("t = Sqrt e"),
      n("i = Div one t"),
      n("v = Reshape i rows"),
      n("k = Mul p v"),
      CONV,
    ],
    epsilon: Math.fround(1e-3),
  },
  "Div by the root": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, EPSILON],
    nodes: [...STYLE_KERNEL, ...SQUARES, n("e = Add epsilon r"), n("t = Sqrt e"), n("k = Div p t"), CONV],
    epsilon: Math.fround(1e-3),
  },
  "Pow to minus a half": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, number("half", -0.5)],
    nodes: [...STYLE_KERNEL, ...SQUARES, n("i = Pow r half"), n("k = Mul i p"), CONV],
    epsilon: 0,
  },
  ReduceL2: {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [...STYLE_KERNEL, n("t = ReduceL2 p", { axes: { ints: [1, 2, 3] } }), n("k = Div p t"), CONV],
    epsilon: 0,
  },
  ReduceSumSquare: {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [
      ...STYLE_KERNEL,
      n("r = ReduceSumSquare p", { axes: { ints: [1, 2, 3] } }),
      n("t = Sqrt r"),
      n("k = Div p t"),
      CONV,
    ],
    epsilon: 0,
  },
};

describe("demodulation", () => {
  it.each(Object.entries(DEMODULATIONS))("%s", async (_, { epsilon, ...example }) => {
    expect(await raised(example)).toEqual({ ...STYLED, demodulate: epsilon });
    await expectCompiled(example);
  });

  it("of a mixture", async () => {
    const example: Case = {
      values: A,
      constants: [ROWS, KERNEL_SHAPE, ints("axes", [1, 2, 3])],
      nodes: [n("m = MatMul a w"), n("p = Reshape m shape"), ...SQUARES, n("t = Sqrt r"), n("k = Div p t"), CONV],
    };
    expect(await raised(example)).toEqual({ ...MIXED, demodulate: 0 });
    await expectCompiled(example);
  });
});

const BIASED = n("y = Conv x k b");

const BIASES: Readonly<Record<string, Case & { readonly bias: string; readonly factors: readonly string[] }>> = {
  "that is constant": {
    values: A,
    constants: [...MIXED_CONSTANTS, weights("b", [6])],
    nodes: [...MIXED_KERNEL, BIASED],
    bias: "plain",
    factors: ["a out kernel 3x1"],
  },
  "of the same experts": {
    values: A,
    constants: [...MIXED_CONSTANTS, weights("c", [3, 6])],
    nodes: [...MIXED_KERNEL, n("d = MatMul a c"), n("b = Reshape d six"), BIASED],
    bias: "bank",
    factors: ["a out both 3x1"],
  },
  "that a value gives": {
    values: { ...A, c: [1, 6] },
    constants: MIXED_CONSTANTS,
    nodes: [...MIXED_KERNEL, n("b = Reshape c six"), BIASED],
    bias: "bank",
    factors: ["a out kernel 3x1", "c out bias 1x6"],
  },
  "that is a sum of other values": {
    values: { ...A, c: [1, 2] },
    constants: [...MIXED_CONSTANTS, weights("d", [2, 6])],
    nodes: [...MIXED_KERNEL, n("e = MatMul c d"), n("b = Reshape e six"), BIASED],
    bias: "bank",
    factors: ["a out kernel 3x1", "e out bias 1x6"],
  },
};

describe("a bias", () => {
  it.each(Object.entries(BIASES))("%s", async (_, { bias, factors, ...example }) => {
    expect(await raised(example)).toMatchObject({ bias, factors });
    await expectCompiled(example);
  });
});
