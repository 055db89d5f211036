/** One layer in each form that is taken unasked: within a hundred-thousandth of its largest output, whatever its weights. */
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { EXACT_FORMS } from "../../src/lowerings/winograd/forms.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

const [CHANNELS, SIZE, DRAWS] = [64, 24, 8];

function draw(shape: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 2 * next() - 1);
}

function layer(next: () => number): Graph {
  const shape = [CHANNELS, CHANNELS, 3, 3];
  const values = draw(shape, next);
  const weight: LazyTensor = { shape, read: async () => values };
  const attributes = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
  return {
    name: "layer",
    inputs: [{ name: "x", shape: [1, CHANNELS, SIZE, SIZE] }],
    constants: new Map([["w", weight]]),
    nodes: [{ op: "conv", name: "y", inputs: ["x", "w"], attributes, origin: { layer: "y", pointer: "" } }],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
}

it.each(EXACT_FORMS)("$name keeps the tolerance", async ({ name }) => {
  for (let seed = 1; seed <= DRAWS; seed++) {
    const next = randomNumbers(seed);
    const graph = layer(next);
    const shape = [1, CHANNELS, SIZE, SIZE];
    const x = dense(shape, [...draw(shape, next)]);
    const expected = (await evaluate(graph, new Map([["x", x]]))).get("y")!;
    const bytes = await encoded(compileGraph(graph, { lowering: `winograd-${name}` }).model);
    const [found] = await runGraph(bytes, [new Map([["x", x]])]);
    const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(absoluteError(found!.get("y")!, expected) / largest).toBeLessThan(TOLERANCES.relative);
  }
});
