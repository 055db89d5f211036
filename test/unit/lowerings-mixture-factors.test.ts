/** How factors reach a mixed kernel: what all experts share weighs it once, as whole rows. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph } from "../../src/ir/graph.js";
import { type DenseTensor, dense, sizeOf } from "../../src/ir/ops/dense-tensor.js";
import type { Factor, MixConvAttributes } from "../../src/ir/ops/mixture.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

const [EXPERTS, OUT, CHANNELS, TAPS] = [3, 6, 4, 9];

interface Weight extends Pick<Factor, "over"> {
  readonly experts: number;
  readonly blocks: number;
}

function numbers(shape: readonly number[], seed: number): DenseTensor {
  const next = randomNumbers(seed);
  return dense(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1),
  );
}

function graphOf(weights: readonly Weight[], groups = 1): Graph {
  const bank = [EXPERTS * OUT, CHANNELS / groups, 3, 3];
  const attributes: MixConvAttributes = {
    ...{ kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups, experts: EXPERTS, out: OUT },
    factors: weights.map(({ over }) => ({ over, on: "kernel" })),
    bias: "none",
    demodulate: null,
  };
  const origin = { layer: "y", pointer: "" };
  const inputs = ["x", "bank", ...weights.map((_, index) => `f${index}`)];
  return {
    name: "factors",
    inputs: [
      { name: "x", shape: [1, CHANNELS, 5, 5] },
      ...weights.map(({ experts, blocks }, index) => ({ name: `f${index}`, shape: [1, experts, blocks] })),
    ],
    constants: new Map([["bank", { shape: bank, read: async () => numbers(bank, 9).data }]]),
    nodes: [{ op: "mix_conv", name: "y", inputs, attributes, origin }],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
}

/** Shapes of the products that are as large as the kernel, or larger, in order. */
async function largeProducts(graph: Graph): Promise<readonly (readonly number[])[]> {
  const { model } = compileGraph(graph, { lowering: "direct" });
  const feeds = new Map(graph.inputs.map(({ name, shape }, index) => [name, numbers(shape as number[], index + 1)]));
  const [got] = await runGraph(await encoded(model), [feeds]);
  const expected = (await evaluate(graph, feeds)).get("y")!;
  expect(relativeError(got!.get("y")!, expected)).toBeLessThan(TOLERANCES.relative);
  const shapes = new Map(
    model.graph.value_info.map(({ name = "", type }) => [
      name,
      (type?.tensor_type?.shape?.dim ?? []).map(({ dim_value }) => Number(dim_value)),
    ]),
  );
  return model.graph.node
    .filter(({ op_type }) => op_type === "Mul")
    .map(({ output }) => shapes.get(output[0]!)!)
    .filter((shape) => sizeOf(shape) >= (OUT * CHANNELS * TAPS) / 2);
}

const BETA: Weight = { over: "out", experts: EXPERTS, blocks: 1 };
const GATE: Weight = { over: "out", experts: 1, blocks: OUT };
const INPUTS: Weight = { over: "in", experts: 1, blocks: CHANNELS };
const TAP: Weight = { over: "tap", experts: 1, blocks: TAPS };
const ROWS = [1, OUT, CHANNELS * TAPS];

describe("factors that all experts share", () => {
  it.each([
    ["taps", [BETA, TAP]],
    ["input channels", [BETA, INPUTS]],
    ["blocks of input channels", [BETA, { ...INPUTS, blocks: 2 }]],
    ["taps and input channels, in one product", [BETA, TAP, INPUTS]],
    ["and of outputs, in the table of the mixture", [BETA, GATE, TAP, INPUTS]],
  ])("weigh whole rows: %s", async (_, weights) => {
    expect(await largeProducts(graphOf(weights))).toEqual([ROWS]);
  });

  it("weigh the rows of each group", async () => {
    expect(await largeProducts(graphOf([BETA, TAP, INPUTS], 2))).toEqual([[1, 2, OUT / 2, (CHANNELS / 2) * TAPS]]);
  });

  it("come behind the sum over the experts where others vary over experts and taps", async () => {
    const each: Weight = { ...TAP, experts: EXPERTS };
    expect(await largeProducts(graphOf([each, GATE, INPUTS, BETA]))).toEqual([
      [1, EXPERTS, 1, OUT, CHANNELS, TAPS],
      [1, EXPERTS, 1, OUT, CHANNELS, TAPS],
      ROWS,
      ROWS,
    ]);
  });
});
