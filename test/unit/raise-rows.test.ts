/** Computed kernels as mixtures: what each operator between its values and a convolution does to them. */
import { describe, expect, it } from "vitest";
import { weights } from "../support/onnx-graphs.js";
import {
  A,
  BANK,
  type Case,
  CONV,
  expectCompiled,
  ints,
  KERNEL_SHAPE,
  MATMUL_RESHAPE,
  MIXED,
  n,
  number,
  ROWS,
  raised,
  TO_KERNEL,
} from "../support/raise-case.js";

const MIXTURES: Readonly<Record<string, Case & { readonly to?: unknown }>> = {
  "MatMul, Reshape": MATMUL_RESHAPE,
  "Flatten of the bank": {
    values: A,
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("f = Flatten w"), n("m = MatMul a f"), TO_KERNEL, CONV],
  },
  "Transpose of the bank": {
    values: A,
    constants: [weights("w", [216, 3]), KERNEL_SHAPE],
    nodes: [n("t = Transpose w"), n("m = MatMul a t"), TO_KERNEL, CONV],
  },
  "Gemm with its second input turned, and alpha": {
    values: A,
    constants: [weights("w", [216, 3]), KERNEL_SHAPE],
    nodes: [n("m = Gemm a w", { transB: { i: 1 }, alpha: { f: 0.5 } }), TO_KERNEL, CONV],
  },
  "Gemm without its summand": {
    values: A,
    constants: [ROWS, KERNEL_SHAPE, weights("c", [216])],
    nodes: [n("m = Gemm a w c", { beta: { f: 0 } }), TO_KERNEL, CONV],
  },
  "Unsqueeze, Mul, ReduceSum": {
    values: A,
    constants: [BANK, ints("axes", [1, 2, 3]), ints("zero", [0])],
    nodes: [
      n("t = Transpose a"),
      n("u = Unsqueeze t axes"),
      n("p = Mul u w"),
      n("k = ReduceSum p zero", { keepdims: { i: 0 } }),
      CONV,
    ],
  },
  Einsum: {
    values: A,
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("m = Einsum a w", { equation: { s: "bk, koihw -> boihw" } }), TO_KERNEL, CONV],
  },
  "ReduceMean over experts": {
    values: A,
    constants: [BANK, ints("column", [3, 1, 1, 1, 1])],
    nodes: [
      n("t = Reshape a column"),
      n("p = Mul w t"),
      n("k = ReduceMean p", { axes: { ints: [0] }, keepdims: { i: 0 } }),
      CONV,
    ],
  },
  "Squeeze, Identity and Cast": {
    values: A,
    constants: [
      weights("w", [1, 3, 6, 4, 3, 3]),
      ints("column", [1, 3, 1, 1, 1, 1]),
      ints("one", [1]),
      ints("zero", [0]),
    ],
    nodes: [
      n("t = Reshape a column"),
      n("p = Mul w t"),
      n("s = ReduceSum p one"),
      n("q = Squeeze s one"),
      n("i = Identity q"),
      n("c = Cast i", { to: { i: 1 } }),
      n("k = Squeeze c zero"),
      CONV,
    ],
  },
  "Expand and Tile": {
    values: { a: [1, 3, 1] },
    constants: [
      weights("w", [3, 6, 36]),
      ints("wide", [1, 3, 6]),
      ints("times", [1, 1, 36]),
      ints("column", [3, 6, 6, 6]),
      ints("four", [3, 6, 6, 6]),
      ints("zero", [0]),
      KERNEL_SHAPE,
    ],
    nodes: [
      n("e = Expand a wide"),
      n("t = Tile e times"),
      n("q = Reshape t column"),
      n("v = Reshape w four"),
      n("p = Mul q v"),
      n("m = ReduceSum p zero"),
      TO_KERNEL,
      CONV,
    ],
  },
  "Div by constants, and Neg": {
    values: A,
    constants: [ROWS, KERNEL_SHAPE, number("two", 2), weights("d", [216])],
    nodes: [n("m2 = MatMul a w"), n("h = Div m2 two"), n("r = Div h d"), n("m = Neg r"), TO_KERNEL, CONV],
  },
  "Slice and Split of a vector of several factors": {
    values: { a: [1, 8] },
    constants: [
      ROWS,
      KERNEL_SHAPE,
      ints("from", [1]),
      ints("to", [7]),
      ints("axis", [1]),
      ints("parts", [3, 3]),
      ints("gate", [1, 3]),
    ],
    nodes: [
      n("s = Slice a from to axis"),
      n("left right = Split s parts", { axis: { i: 1 } }),
      n("b = Mul left right"),
      n("m = MatMul b w"),
      TO_KERNEL,
      CONV,
    ],
    to: { ...MIXED, factors: ["a out kernel 3x1", "a out kernel 3x1"] },
  },
  "Gather at constant places": {
    values: { a: [1, 8] },
    constants: [ROWS, KERNEL_SHAPE, ints("places", [1, 3, 5])],
    nodes: [n("s = Gather a places", { axis: { i: 1 } }), n("m = MatMul s w"), TO_KERNEL, CONV],
  },
  "one scalar for the whole kernel": {
    values: { a: [1, 1] },
    constants: [weights("w", [6, 4, 3, 3])],
    nodes: [n("k = Mul w a"), CONV],
    to: { experts: 1, factors: ["a out kernel 1x1"], demodulate: null, bias: "none" },
  },
};

describe("a mixture of experts", () => {
  it.each(Object.entries(MIXTURES))("%s", async (_, { to = MIXED, ...example }) => {
    expect(await raised(example)).toEqual(to);
    await expectCompiled(example);
  });
});

const CHOSEN = { ...MIXED, factors: ["a out kernel 3x1"] };

const CHOICES: Readonly<Record<string, Case>> = {
  "Gather by ArgMax": {
    values: A,
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("c = ArgMax a", { axis: { i: 1 }, keepdims: { i: 0 } }), n("m = Gather w c"), TO_KERNEL, CONV],
  },
  "GatherND by ArgMax": {
    values: A,
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("c = ArgMax a", { axis: { i: -1 } }), n("m = GatherND w c"), TO_KERNEL, CONV],
  },
  "an index that is cast and reshaped": {
    values: A,
    constants: [BANK, ints("none", [])],
    nodes: [
      n("c = ArgMax a", { axis: { i: 1 } }),
      n("d = Cast c", { to: { i: 6 } }),
      n("e = Reshape d none"),
      n("k = Gather w e"),
      CONV,
    ],
  },
};

describe("a hard choice", () => {
  it.each(Object.entries(CHOICES))("%s", async (_, example) => {
    expect(await raised(example)).toEqual(CHOSEN);
    await expectCompiled(example);
  });
});

const AXES: Readonly<Record<string, Case & { readonly factor: string; readonly experts?: number }>> = {
  "output channels": {
    values: { a: [1, 6] },
    constants: [weights("w", [6, 4, 3, 3]), ints("column", [6, 1, 1, 1])],
    nodes: [n("t = Reshape a column"), n("k = Mul w t"), CONV],
    factor: "a out kernel 1x6",
  },
  "blocks of output channels": {
    values: { a: [1, 3] },
    constants: [weights("w", [3, 2, 36]), KERNEL_SHAPE, ints("column", [3, 1, 1])],
    nodes: [n("t = Reshape a column"), n("m = Mul w t"), TO_KERNEL, CONV],
    factor: "a out kernel 1x3",
  },
  "channels of the input in all groups": {
    values: { a: [1, 2] },
    constants: [weights("w", [6, 2, 3, 3]), ints("row", [1, 2, 1, 1])],
    nodes: [n("t = Reshape a row"), n("k = Mul w t"), n("y = Conv x k", { group: { i: 2 } })],
    factor: "a in kernel 1x4",
  },
  "channels of the input of each group": {
    values: { a: [1, 4] },
    constants: [weights("w", [2, 3, 2, 9]), ints("row", [2, 1, 2, 1]), ints("grouped", [6, 2, 3, 3])],
    nodes: [
      n("t = Reshape a row"),
      n("p = Mul w t"),
      n("k = Reshape p grouped"),
      n("y = Conv x k", { group: { i: 2 } }),
    ],
    factor: "a in kernel 1x4",
  },
  "kernel taps": {
    values: { a: [1, 3, 3] },
    constants: [weights("w", [6, 4, 3, 3])],
    nodes: [n("k = Mul w a"), CONV],
    factor: "a tap kernel 1x9",
  },
  "rows of kernel taps": {
    values: { a: [1, 3, 1] },
    constants: [weights("w", [6, 4, 3, 3])],
    nodes: [n("k = Mul w a"), CONV],
    factor: "a tap kernel 1x3",
  },
  "experts that stand behind the blocks": {
    values: { a: [1, 2, 3] },
    constants: [weights("w", [3, 2, 3, 36]), ints("column", [2, 3, 1, 1]), ints("zero", [0]), KERNEL_SHAPE],
    nodes: [
      n("t = Reshape a column"),
      n("u = Transpose t", { perm: { ints: [1, 0, 2, 3] } }),
      n("p = Mul w u"),
      n("m = ReduceSum p zero"),
      TO_KERNEL,
      CONV,
    ],
    factor: "a out kernel 3x2",
    experts: 3,
  },
};

describe("a factor over", () => {
  it.each(Object.entries(AXES))("%s", async (_, { factor, experts = 1, ...example }) => {
    expect(await raised(example)).toMatchObject({ experts, factors: [factor] });
    await expectCompiled(example);
  });
});
