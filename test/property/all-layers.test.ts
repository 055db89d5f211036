/** Random networks over all kinds of layer: whatever a document says, ONNX Runtime computes what the reference does. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixture, readJson } from "../support/fixtures.js";
import { checkModel } from "./all-layers/check.js";
import { FEATURES } from "./all-layers/features.js";
import { KINDS } from "./all-layers/generators.js";
import { type RandomModel, randomModel } from "./all-layers/model.js";

/** More cases, and others, are asked for by the environment: `SMXC_CASES=5000 SMXC_SEED=7 npx vitest run …`. */
const CASES = Number(process.env.SMXC_CASES ?? 150);
const SEED = Number(process.env.SMXC_SEED ?? 20061029);

/** Of the models, this share may compute what float32 cannot tell. */
const UNDECIDED_SHARE = 0.01;

it(`${CASES} random models are computed as the reference computes them`, { timeout: 1e9 }, async () => {
  const reached = new Map(KINDS.map((kind) => [kind, 0]));
  const missing = new Set(Object.keys(FEATURES));
  let undecided = 0;
  let folded = 0;
  let graphs = 0;
  await fc.assert(
    fc.asyncProperty(randomModel, async (model) => {
      const checked = await checkModel(model);
      for (const kind of new Set(model.document.layers.map(({ op }) => op))) reached.set(kind, reached.get(kind)! + 1);
      for (const feature of missing) if (FEATURES[feature]!(model)) missing.delete(feature);
      undecided += checked.undecided > 0 ? 1 : 0;
      folded += checked.folded ? 1 : 0;
      graphs += checked.graphs;
    }),
    { numRuns: CASES, seed: SEED, interruptAfterTimeLimit: 1e9 },
  );
  const rare = [...reached].filter(([, count]) => count < CASES / 50);
  expect(rare, "kinds of layer that hardly any model has").toEqual([]);
  expect([...missing], "what no model has").toEqual([]);
  expect(folded, "models with routers to fold").toBeGreaterThan(CASES / 10);
  expect(graphs / CASES, "different graphs of a model").toBeGreaterThan(2);
  expect(undecided / CASES, "models whose outputs float32 does not determine").toBeLessThan(UNDECIDED_SHARE);
});

describe("models that once went wrong", () => {
  const files = readdirSync(fixture("regressions", "layers")).filter((file) => file.endsWith(".json"));

  it.each(files)("%s", async (file) => {
    await checkModel(readJson<RandomModel>("regressions", "layers", file));
  });
});
