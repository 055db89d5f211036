/** Computed kernels that are no mixtures: they stay as they are, with the reason. */
import { describe, expect, it } from "vitest";
import { weights } from "../support/onnx-graphs.js";
import {
  A,
  BANK,
  type Case,
  CONV,
  ints,
  KERNEL_SHAPE,
  MATMUL_RESHAPE,
  MIXED_KERNEL,
  model,
  n,
  raised,
  SQUARES,
  STYLE,
  STYLE_CONSTANTS,
  STYLE_KERNEL,
  TO_KERNEL,
} from "../support/raise-case.js";
import { accelerated, raiseAll, runnerOf } from "../support/raising.js";

const REFUSED: Readonly<Record<string, Case & { readonly reason: RegExp }>> = {
  "a factor over two axes": {
    values: { a: [6, 4] },
    constants: [weights("w", [6, 4, 3, 3]), ints("both", [6, 4, 1, 1])],
    nodes: [n("t = Reshape a both"), n("k = Mul w t"), CONV],
    reason: /"a" weighs output channels and input channels at once, but a factor of a mixture may weigh only one axis/,
  },
  "a bank that is no constant": {
    values: { ...A, w: [3, 216] },
    constants: [KERNEL_SHAPE],
    nodes: [...MIXED_KERNEL, CONV],
    reason:
      /"w" weighs output channels and input channels and kernel taps at once, as if the kernels of the experts were not constant/,
  },
  "a demodulation of input channels": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, ints("wrong", [0, 2, 3])],
    nodes: [...STYLE_KERNEL, n("q = Mul p p"), n("r = ReduceSum q wrong"), n("t = Sqrt r"), n("k = Div p t"), CONV],
    reason: /its demodulation has one value for each of input channels;/,
  },
  "a demodulation over the taps alone": {
    values: STYLE,
    constants: [...STYLE_CONSTANTS, ints("wrong", [2, 3])],
    nodes: [...STYLE_KERNEL, n("q = Mul p p"), n("r = ReduceSum q wrong"), n("t = Sqrt r"), n("k = Div p t"), CONV],
    reason: /its demodulation has one value for each of output channels and input channels;/,
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
    reason: /its demodulation is computed from other values than the kernel/,
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
    reason: /"a" has no batch axis/,
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
    const { values, constants, nodes } = MATMUL_RESHAPE;
    const found = await raiseAll(await model({ values, constants, nodes }), null);
    expect([...found.values()]).toEqual([{ reason: expect.stringMatching(/there is no ONNX Runtime/) }]);
  });

  it("where its numbers differ", async () => {
    const source = await model(MATMUL_RESHAPE);
    const runner = { ...runnerOf(source), agrees: () => false };
    const found = await raiseAll(source, runner);
    expect([...found.values()]).toEqual([
      { reason: "smxc read its kernel as a mixture, but the values differ from those of the graph" },
    ]);
  });

  it("where the graph cannot be run", async () => {
    const runner = { values: async () => null, agrees: () => true };
    const found = await raiseAll(await model(MATMUL_RESHAPE), runner);
    expect([...found.values()]).toEqual([{ reason: expect.stringMatching(/the graph cannot run/) }]);
  });
});
