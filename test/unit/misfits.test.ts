/**
 * Nodes whose operators take no such inputs or attributes, as `onnx.checker` lets them pass where shapes are not looked at: they
 * stay as they are. Found by `scripts/fuzz.mjs raising`.
 */
import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import * as build from "../../src/onnx/graph/build.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { A, BANK, type Case, CONV, ints, KERNEL_SHAPE, model, n, ROWS, TO_KERNEL } from "../support/raise-case.js";
import { accelerated } from "../support/raising.js";

const MISFITS: Readonly<Record<string, Case>> = {
  "a Squeeze of an axis that is not there": {
    values: {},
    constants: [BANK, ints("eight", [8])],
    nodes: [n("y = Squeeze x eight")],
  },
  "a Transpose to an axis that is not there": {
    values: {},
    constants: [],
    nodes: [n("y = Transpose x", { perm: { ints: [0, 2, 3, -1] } })],
  },
  "a product of matrices of other sizes": {
    values: A,
    constants: [ROWS, KERNEL_SHAPE, ints("to", [3, 1])],
    nodes: [n("c = Reshape a to"), n("m = MatMul c w"), TO_KERNEL, CONV],
  },
  "a sum along an axis that is not there": {
    values: A,
    constants: [BANK, ints("nine", [9]), ints("to", [3, 1, 1, 1, 1])],
    nodes: [n("c = Reshape a to"), n("p = Mul c w"), n("k = ReduceSum p nine", { keepdims: { i: 0 } }), CONV],
  },
};

it("a kernel without elements ends no compile", async () => {
  const example: Case = {
    values: { ...A, z: [1, 0, 5, 6] },
    constants: [weights("w", [3, 6, 0, 3, 3]), ints("to", [3, 1, 1, 1, 1]), ints("zero", [0])],
    nodes: [
      n("c = Reshape a to"),
      n("p = Mul c w"),
      n("k = ReduceSum p zero", { keepdims: { i: 0 } }),
      n("y = Conv z k"),
    ],
  };
  await expect(accelerated(await model(example))).resolves.toMatchObject({ compiled: [] });
});

describe.each(Object.entries(MISFITS))("%s", (_, example) => {
  it("is not raised", async () => {
    const done = await accelerated(await model(example), {});
    expect(done.report.kernels.map(({ became }) => became)).not.toContain("mix_conv");
    expect(done.compiled).toEqual([]);
  });

  it("keeps height and width from being opened", async () => {
    const opened = accelerated(await model(example), { height: "dynamic", width: "dynamic" });
    await expect(opened).rejects.toThrow(SmxcError);
    await expect(opened).rejects.toThrow(/its operator takes no such inputs or attributes/);
  });
});

it("a convolution with a computed kernel that nothing reads is no part to compile", async () => {
  const graph = build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [2, 1, 5, 9]), build.valueInfo("k", "FLOAT", [1, 1, 1, 1])],
    node: [line("m = GlobalAveragePool x"), line("dead = Conv m k"), line("y = Mul x m")],
    output: [build.valueInfo("y", "FLOAT", [2, 1, 5, 9])],
  });
  const { compiled, report } = await accelerated(modelOf(graph));
  expect(compiled).toEqual([]);
  expect(report.islands.map(({ reason }) => reason)).toContain("no value of it is read");
});
