/** Any ONNX graph: what smxc makes of it computes the same, whatever stands around what it compiles. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { checkRandomGraph } from "./onnx-graphs/check.js";
import { randomGraph } from "./onnx-graphs/random-graph.js";
import { Draw } from "./onnx-operators/draw.js";

/** More are asked for by the environment: `SMXC_CASES=5000 SMXC_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.SMXC_CASES ?? 150);

const FORMS = LOWERING_NAMES.filter((name) => name.startsWith("winograd-"));

it("random graphs compute what they computed", { timeout: 1e9 }, async () => {
  let [compiled, undecided] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const graph = randomGraph(draw);
      const lowering = draw.pick([...FORMS, ...FORMS, "auto"]);
      const target = draw.pick(["cpu", "wasm"] as const);
      const checked = await checkRandomGraph(graph, { lowering, target, portable: draw.int(0, 15) === 0 });
      compiled += checked.compiled;
      undecided += checked.undecided ? 1 : 0;
    }),
    // Cases are small as they are.
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(compiled).toBeGreaterThan(RUNS / 2);
  expect(undecided).toBeLessThan(Math.max(1, RUNS / 200));
});
