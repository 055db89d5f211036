/** Every operator of ONNX that smxc reads, on random nodes of all opsets: as IR it computes what ONNX Runtime computes. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ONNX_OPERATORS } from "../../src/frontends/onnx/operators/index.js";
import { checkCase } from "./onnx-operators/check.js";
import { Draw } from "./onnx-operators/draw.js";
import { ELEMENTWISE_CASES } from "./onnx-operators/elementwise-cases.js";
import { REARRANGING_CASES } from "./onnx-operators/rearranging-cases.js";
import { VECTOR_CASES } from "./onnx-operators/vector-cases.js";
import { WINDOW_CASES } from "./onnx-operators/window-cases.js";

const CASES = { ...ELEMENTWISE_CASES, ...REARRANGING_CASES, ...VECTOR_CASES, ...WINDOW_CASES };

/** More are asked for by the environment: `SMXC_CASES=500 SMXC_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.SMXC_CASES ?? 25);

it("every operator of the table has cases", () => {
  const covered = new Set(Object.keys(CASES).map((name) => name.split(" ")[0]!));
  expect([...covered].sort()).toEqual(Object.keys(ONNX_OPERATORS).sort());
});

it.each(Object.entries(CASES))("%s", { timeout: 1e9 }, async (_, make) => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), (g) => checkCase(make(new Draw(g)))),
    // Cases are small as they are.
    { numRuns: RUNS, endOnFailure: true },
  );
});
