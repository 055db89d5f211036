/** Two-layer blocks as their checkpoints hold them. */
import { expect, it } from "vitest";
import { buildGraph } from "../../src/frontends/document/build.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { importStore } from "../support/fixtures.js";
import { absoluteError } from "../support/sessions.js";
import { model, store, type TensorValues, tensor, valuesOf } from "./layers/model.js";

const [K, C, HIDDEN, OUT] = [3, 4, 2, 5];
const X = new Map([["x", tensor(valuesOf({ x: [2, C, 5, 4] }, 7).x!)]]);

/** The wide layer pair that a dense block is. */
async function asTwoConvolutions(tensors: TensorValues) {
  const layers = [
    { name: "w1", op: "conv", in: "x", out: K * HIDDEN, kernel: 3, pad: 1, weights: { weight: "w1", bias: "b1" } },
    { name: "f", op: "relu", in: "w1" },
    { name: "y", op: "conv", in: "f", out: OUT, kernel: 3, pad: 1, weights: { weight: "w2", bias: "b2" } },
  ];
  const { spec, weights } = model({ layers, inputs: { x: ["N", C, "H", "W"] }, tensors });
  return (await evaluate(buildGraph(spec, weights).graph, X)).get("y")!;
}

it("a dense block has one bias behind its groups", async () => {
  const tensors = valuesOf({ w1: [K * HIDDEN, C, 3, 3], w2: [OUT, K * HIDDEN, 3, 3], b1: [K * HIDDEN], b2: [OUT] });
  const { spec, weights } = await importStore(store(tensors), { config: new Map([["experts", K]]) });
  const { graph, unused } = buildGraph(spec, weights);
  expect(unused).toEqual([]);
  expect(absoluteError((await evaluate(graph, X)).get("y")!, await asTwoConvolutions(tensors))).toBeLessThan(1e-14);
});

it("a block with a bias for each group is dense with their sum", async () => {
  const banks = valuesOf({ w1: [K * HIDDEN, C, 3, 3], w2: [K * OUT, HIDDEN, 3, 3], b1: [K * HIDDEN], b2: [K * OUT] });
  const fields = { experts: K, hidden: HIDDEN, out: OUT, kernel: 3, pad: 1, bias: true };
  const block = { name: "y", op: "sparse_block", in: "x", mode: "dense", ...fields };
  const names = { w1: "w1", w2: "w2", b1: "b1", b2: "b2" };
  const dense = model({
    layers: [{ ...block, weights: names }],
    inputs: { x: ["N", C, "H", "W"] },
    tensors: banks,
  });
  const wide = Array.from({ length: OUT * K * HIDDEN * 9 }, (_, i) => {
    const [tap, column, row] = [i % 9, Math.floor(i / 9) % (K * HIDDEN), Math.floor(i / (9 * K * HIDDEN))];
    const [group, channel] = [Math.floor(column / HIDDEN), column % HIDDEN];
    return banks.w2!.data[((group * OUT + row) * HIDDEN + channel) * 9 + tap]!;
  });
  const sums = Array.from({ length: OUT }, (_, o) =>
    [0, 1, 2].reduce((sum, e) => sum + banks.b2!.data[e * OUT + o]!, 0),
  );
  const expected = await asTwoConvolutions({
    ...banks,
    w2: { shape: [OUT, K * HIDDEN, 3, 3], data: wide },
    b2: { shape: [OUT], data: sums },
  });
  const { graph } = buildGraph(dense.spec, dense.weights);
  expect(absoluteError((await evaluate(graph, X)).get("y")!, expected)).toBeLessThan(1e-13);
});
