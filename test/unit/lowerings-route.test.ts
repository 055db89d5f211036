/** Routers in ONNX Runtime where float32 is at its limits. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { encoded, runGraph } from "../support/sessions.js";
import { model } from "./layers/model.js";

/** How a sigmoid is written: as the normaliser, or as the last stage. */
const SPELLINGS = [
  { mlp: [], normalise: "sigmoid" },
  { mlp: ["sigmoid"], normalise: "identity" },
] as const;

/** The weight that a sigmoid router gives for a logit, by ONNX Runtime. */
async function sigmoidWeight(logit: number, spelling: (typeof SPELLINGS)[number]): Promise<number> {
  const { spec, weights } = model({
    inputs: { x: ["N", 1] },
    layers: [{ name: "y", op: "route", in: "x", experts: 1, ...spelling }],
  });
  const bytes = await encoded(compile(spec, weights).model);
  const [result] = await runGraph(bytes, [new Map([["x", dense([1, 1], [logit])]])]);
  return result!.get("y")!.data[0]!;
}

describe.each(SPELLINGS)("$mlp, $normalise", (spelling) => {
  it.each([0, 3, -3, -8, -14, -30, 30])("a sigmoid weight keeps its digits at %d", async (logit) => {
    const expected = 1 / (1 + Math.exp(-logit));
    expect(Math.abs((await sigmoidWeight(logit, spelling)) - expected)).toBeLessThanOrEqual(4e-7 * expected);
  });

  it.each([
    [-1000, 0],
    [1000, 1],
  ])("a sigmoid weight at %d is %d", async (logit, expected) => {
    expect(await sigmoidWeight(logit, spelling)).toBe(expected);
  });
});

it("an activation by its name alone is the one with PyTorch's slope", () => {
  const layers = ["leaky_relu", { op: "leaky_relu", slope: 0.01 }].map((stage) =>
    model({
      inputs: { x: ["N", 1] },
      layers: [{ name: "y", op: "route", in: "x", mlp: [stage], experts: 1, normalise: "identity" }],
    }),
  );
  const [short, long] = layers.map(({ spec, weights }) => buildGraph(spec, weights).graph.nodes);
  expect(short).toEqual(long);
});
