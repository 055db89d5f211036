/** Layers, tensors and β of the networks that the passes fold, and whether two graphs compute the same. */
import { expect } from "vitest";
import { randomNumbers } from "../../../src/base/random.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import { parseDocument } from "../../../src/frontends/document/parse.js";
import { evaluate } from "../../../src/ir/evaluate.js";
import type { Graph } from "../../../src/ir/graph.js";
import type { BetaTable } from "../../../src/passes/given-betas.js";
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";
import { compareValues } from "../../../src/verify/compare.js";
import { inputSizes, randomProblem } from "../../../src/verify/problems.js";

/** Float64 rounding, of the output's largest magnitude. */
export const EXACT = { relative: 1e-13, absolute: 0 };

export type Layer = Readonly<Record<string, unknown>> & { readonly name: string; readonly op: string };

export function document(layers: readonly Layer[], outputs: readonly string[] = ["y"]): ModelSpec {
  const inputs = [{ name: "x", shape: ["N", 3, "H", "W"] }];
  return parseDocument(
    JSON.stringify({ version: 1, name: "test", inputs, layers, outputs, weights: { file: "w" } }),
    "m.json",
  ).spec;
}

/** Tensors of these shapes, each of its own random values. */
export function tensors(shapes: Readonly<Record<string, readonly number[]>>): TensorStore {
  const entries = Object.entries(shapes).map(([name, shape], index): readonly [string, StoredTensor] => {
    const next = randomNumbers(index + 1);
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1);
    return [name, { name, dtype: "float64", shape, read: async () => values }];
  });
  return { tensors: new Map(entries), others: new Map(), metadata: new Map() };
}

export const WEIGHTS = tensors({
  "a.weight": [4, 3, 3, 3],
  "a.bias": [4],
  "b.weight": [3, 4, 3, 3],
  "b.bias": [3],
  "mix.weight": [8, 3, 3, 3],
  "mix.bias": [8],
  "mix.mlp.weight": [4, 3],
  "mix.mlp.bias": [4],
});

export const conv = (name: string, from: string, more: Readonly<Record<string, unknown>> = {}): Layer => ({
  name,
  op: "conv",
  in: from,
  out: name === "b" ? 3 : 4,
  kernel: 3,
  ...more,
});
export const affine = (
  name: string,
  from: string,
  values: { readonly scale?: number; readonly shift?: number },
): Layer => ({
  name,
  op: "affine",
  in: from,
  ...values,
});
export const ROUTER: Layer = {
  name: "mix.beta",
  op: "route",
  in: "x",
  mlp: ["linear"],
  weights: { "mlp.0": "mix.mlp" },
  experts: 2,
  cardinals: 2,
};
export const MIXED: Layer = { name: "mix", op: "mix_conv", in: "x", beta: "mix.beta", out: 4, kernel: 3, pad: 1 };
export const GATE: Layer = { ...ROUTER, name: "gate", normalise: "sigmoid" };
/** Reads two routers. */
export const GATED: Layer = { ...MIXED, beta: undefined, factors: [{ beta: "mix.beta" }, { beta: "gate" }] };
export const PLAIN = { weights: { weight: "mix.weight", bias: "a.bias" } };
export const BETAS: BetaTable = new Map([
  [
    "beta.mix",
    [
      [0.25, 0.9],
      [0.75, 0.1],
    ],
  ],
]);

export const opsOf = (graph: Graph): readonly string[] => graph.nodes.map((node) => node.op);

export async function expectSame(before: Graph, after: Graph): Promise<void> {
  for (const [batch, height, width] of [
    [2, 5, 6],
    [1, 3, 4],
  ] as const) {
    const { inputs } = randomProblem(inputSizes(before, [batch, 3, height, width]), height);
    const [want, got] = [await evaluate(before, inputs), await evaluate(after, inputs)];
    const output = (values: typeof want, graph: Graph, name: string) =>
      values.get(graph.outputs.find((each) => each.name === name)!.value)!;
    for (const { name } of before.outputs) {
      const [expected, actual] = [output(want, before, name), output(got, after, name)];
      expect(actual.shape).toEqual(expected.shape);
      expect(compareValues(expected.data, actual.data, EXACT)).toMatchObject({ passed: true });
    }
  }
}
