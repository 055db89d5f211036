/** Computed kernels as mixtures: what each operator between its values and a convolution does to them. */
import { describe, expect, it } from "vitest";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { AttributeValue } from "../../src/onnx/graph/build.js";
import * as build from "../../src/onnx/graph/build.js";
import type { NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { accelerated, raiseAll, read, runnerOf } from "../support/raising.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

type Sizes = Readonly<Record<string, readonly number[]>>;

interface Case {
  /** Beside the picture `x` [1,4,5,6]. */
  readonly values: Sizes;
  readonly constants: readonly TensorProto[];
  readonly nodes: readonly NodeProto[];
  readonly opset?: number;
}

const X = [1, 4, 5, 6];

const ints = (name: string, values: readonly number[]): TensorProto => build.intTensor(name, [values.length], values);
const number = (name: string, value: number): TensorProto =>
  build.floatTensor(name, "FLOAT", { shape: [], read: async () => Float32Array.of(value) });

type Attributes = Readonly<Record<string, AttributeValue>>;
const n = (text: string, attributes: Attributes = {}): NodeProto => line(text, attributes);
const CONV = n("y = Conv x k");

function model({ values, constants, nodes, opset = 17 }: Case) {
  const infos = Object.entries({ x: X, ...values }).map(([name, dims]) => build.valueInfo(name, "FLOAT", dims));
  return read(
    modelOf(
      build.graph({
        name: "g",
        node: nodes,
        input: infos,
        output: [build.valueInfo("y", "FLOAT")],
        initializer: constants,
      }),
      opset,
    ),
  );
}

/** What became of the only convolution with a computed kernel. */
async function raised(example: Case) {
  const found = [...(await raiseAll(await model(example))).values()];
  expect(found.length).toBe(1);
  const [only] = found;
  if ("reason" in only!) return only;
  const { experts, factors, demodulate, bias } = only!;
  const size = (steps: readonly { readonly size: number }[]) => steps.reduce((product, each) => product * each.size, 1);
  return {
    experts,
    factors: factors.map(
      ({ name, over, on, experts: own, blocks }) => `${name} ${over} ${on} ${size(own)}x${size(blocks)}`,
    ),
    demodulate,
    bias: bias?.kind ?? "none",
  };
}

/** Expects the compiled graph to have the kernel as a mixture, and the numbers of the source. */
async function expectCompiled(example: Case): Promise<void> {
  const source = await model(example);
  const done = await accelerated(source);
  expect(done.report.kernels.map(({ became }) => became)).toEqual(["mix_conv"]);
  const feeds = new Map(
    Object.entries({ x: X, ...example.values }).map(([name, dims], index) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      return [
        name,
        dense(
          dims,
          Array.from({ length: count }, (_, i) => Math.fround(Math.cos(index + i))),
        ),
      ] as const;
    }),
  );
  const [[wanted], [found]] = [
    await runGraph(await encoded(source), [feeds], "disabled"),
    await runGraph(await encoded(done.model), [feeds]),
  ];
  expect(relativeError(found!.get("y")!, wanted!.get("y")!)).toBeLessThan(TOLERANCES.relative);
}

const A: Sizes = { a: [1, 3] };
const BANK = weights("w", [3, 6, 4, 3, 3]);
const ROWS = weights("w", [3, 216]);
const KERNEL_SHAPE = ints("shape", [6, 4, 3, 3]);
const MIXED = { experts: 3, factors: ["a out kernel 3x1"], demodulate: null, bias: "none" };
const TO_KERNEL = n("k = Reshape m shape");

const MIXTURES: Readonly<Record<string, Case & { readonly to?: unknown }>> = {
  "MatMul, Reshape": { values: A, constants: [ROWS, KERNEL_SHAPE], nodes: [n("m = MatMul a w"), TO_KERNEL, CONV] },
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

const STYLE: Sizes = { a: [1, 4] };
const STYLED = { experts: 1, factors: ["a in kernel 1x4"], bias: "none" };
const STYLE_CONSTANTS = [weights("w", [6, 4, 3, 3]), ints("style", [1, 4, 1, 1]), ints("axes", [1, 2, 3])];
const STYLE_KERNEL = [n("s = Reshape a style"), n("p = Mul w s")];
const SQUARES = [n("q = Mul p p"), n("r = ReduceSum q axes")];
const EPSILON = number("epsilon", 1e-3);

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

const BIASED = n("y = Conv x k b");
const MIXED_KERNEL = [n("m = MatMul a w"), TO_KERNEL];
const MIXED_CONSTANTS = [ROWS, KERNEL_SHAPE, ints("six", [6])];

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

const REFUSED: Readonly<Record<string, Case & { readonly reason: RegExp }>> = {
  "a factor over two axes": {
    values: { a: [6, 4] },
    constants: [weights("w", [6, 4, 3, 3]), ints("both", [6, 4, 1, 1])],
    nodes: [n("t = Reshape a both"), n("k = Mul w t"), CONV],
    reason: /"a" weighs output channels and input channels at once, where a factor of a mixture weighs one axis/,
  },
  "a bank that is no constant": {
    values: { ...A, w: [3, 216] },
    constants: [KERNEL_SHAPE],
    nodes: [...MIXED_KERNEL, CONV],
    reason: /"w" weighs output channels and input channels and kernel taps at once, as a bank does that is no constant/,
  },
  "a demodulation of input channels": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, ints("wrong", [0, 2, 3])],
    nodes: [...STYLE_KERNEL, n("q = Mul p p"), n("r = ReduceSum q wrong"), n("t = Sqrt r"), n("k = Div p t"), CONV],
    reason: /its demodulation is one of input channels/,
  },
  "a demodulation over the taps alone": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, ints("wrong", [2, 3])],
    nodes: [...STYLE_KERNEL, n("q = Mul p p"), n("r = ReduceSum q wrong"), n("t = Sqrt r"), n("k = Div p t"), CONV],
    reason: /its demodulation is one of output channels and input channels/,
  },
  "a demodulation before another factor": {
    values: { ...STYLE, c: [1, 6] },
    constants: [...STYLE_CONSTANTS, ints("column", [6, 1, 1, 1])],
    nodes: [
      ...STYLE_KERNEL,
      ...SQUARES,
      n("t = Sqrt r"),
      n("d = Div p t"),
      n("g = Reshape c column"),
      n("k = Mul d g"),
      CONV,
    ],
    reason: /its demodulation is one of other values/,
  },
  "a demodulation by the norm of another kernel": {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [
      ...STYLE_KERNEL,
      n("q = Mul w w"),
      n("r = ReduceSum q axes"),
      n("i = Mul r s"),
      n("t = Sqrt i"),
      n("k = Div p t"),
      CONV,
    ],
    reason: /at once/,
  },
  "a transposed convolution": {
    values: A,
    constants: [weights("w", [3, 216]), ints("shape", [4, 6, 3, 3])],
    nodes: [...MIXED_KERNEL, n("y = ConvTranspose x k")],
    reason: /transposed convolution/,
  },
  "a transposed modulated convolution": {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [
      ...STYLE_KERNEL,
      ...SQUARES,
      n("t = Sqrt r"),
      n("d = Div p t"),
      n("k = Transpose d", { perm: { ints: [1, 0, 2, 3] } }),
      n("y = ConvTranspose x k"),
    ],
    reason: /transposed convolution/,
  },
  "the last of equal scores": {
    values: A,
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("c = ArgMax a", { axis: { i: 1 }, select_last_index: { i: 1 } }), n("m = Gather w c"), TO_KERNEL, CONV],
    reason: /at once/,
  },
  "a choice among less than all": {
    values: { a: [1, 2] },
    constants: [BANK, KERNEL_SHAPE],
    nodes: [n("c = ArgMax a", { axis: { i: 1 } }), n("m = Gather w c"), TO_KERNEL, CONV],
    reason: /at once/,
  },
  "values without an axis of the batch": {
    values: { a: [3] },
    constants: [BANK, ints("column", [3, 1, 1, 1, 1]), ints("zero", [0])],
    nodes: [n("t = Reshape a column"), n("p = Mul w t"), n("k = ReduceSum p zero", { keepdims: { i: 0 } }), CONV],
    reason: /"a" has no axis of the batch/,
  },
  "a kernel of noise": {
    values: STYLE,
    constants: STYLE_CONSTANTS,
    nodes: [n("z = RandomNormalLike w"), n("s = Reshape a style"), n("k = Mul z s"), CONV],
    reason: /"z" weighs output channels and input channels and kernel taps at once/,
  },
};

describe("a kernel stays as it is", () => {
  it.each(Object.entries(REFUSED))("%s", async (_, { reason, ...example }) => {
    expect(await raised(example)).toEqual({ reason: expect.stringMatching(reason) });
    const source = await model(example);
    const done = await accelerated(source);
    expect(done.report.kernels).toMatchObject([{ became: "kept", experts: 0, reason: expect.stringMatching(reason) }]);
    expect(done.compiled).toEqual([]);
    expect(done.model.graph.node).toEqual(source.graph!.node);
  });

  it("without a runtime", async () => {
    const { values, constants, nodes } = MIXTURES["MatMul, Reshape"]!;
    const found = await raiseAll(await model({ values, constants, nodes }), null);
    expect([...found.values()]).toEqual([{ reason: expect.stringMatching(/no runtime/) }]);
  });

  it("where its numbers differ", async () => {
    const source = await model(MIXTURES["MatMul, Reshape"]!);
    const runner = { ...runnerOf(source), agrees: () => false };
    const found = await raiseAll(source, runner);
    expect([...found.values()]).toEqual([{ reason: "as a mixture its kernel has other numbers" }]);
  });

  it("where the graph cannot be run", async () => {
    const runner = { values: async () => null, agrees: () => true };
    const found = await raiseAll(await model(MIXTURES["MatMul, Reshape"]!), runner);
    expect([...found.values()]).toEqual([{ reason: expect.stringMatching(/cannot be run/) }]);
  });
});
