/** Every case of `fixtures/checkpoints/networks` through import, compile and ONNX Runtime, against PyTorch's numbers. */
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { compile, prepareGraph, referenceGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { importOracle, NETWORK_CASES, type OracleCase, readJson, readOracle } from "../support/fixtures.js";
import { encoded, relativeError, runGraph, type Values } from "../support/sessions.js";

/** The acceptance of the project, relative to the largest |y|. */
const OUTPUT_TOLERANCE = 1e-5;
/** PyTorch computed the cases in float32; the reference interpreter has no error of its own at that scale. */
const REFERENCE_TOLERANCE = 1e-6;

/** Inputs of other sizes have an `s` behind their names. */
const SIZES = ["", "s"] as const;

async function openCase(oracle: OracleCase) {
  const warnings: Diagnostic[] = [];
  const [model, io] = await Promise.all([
    importOracle(oracle, (warning) => warnings.push(warning)),
    readOracle(oracle),
  ]);
  const problems = SIZES.map((size) => {
    const inputs: Values = new Map(model.spec.inputs.map(({ name }) => [name, io.get(name + size)!]));
    return { inputs, y: io.get(`y${size}`)! };
  });
  return { ...model, warnings, problems };
}

describe.each(NETWORK_CASES)("$name", (oracle) => {
  const opened = openCase(oracle);

  it("is recognised, with what pictures are to it", async () => {
    const { imported, warnings } = await opened;
    // A picture of other channels than one and three has no range.
    const { scale = 1, range } = readJson<{ scale?: number; range?: readonly number[] }>(...oracle.folder, "case.json");
    expect(imported.arch).toBe(oracle.family);
    // What no tensor tells is taken as usual, and said.
    expect(warnings.filter(({ code }) => code !== "import/assumed")).toEqual([]);
    if (range) expect(imported.document.image).toMatchObject({ range, scale });
    else expect(imported.document.image).toBeUndefined();
  });

  it.each([
    ["before the passes", referenceGraph],
    ["after the passes", prepareGraph],
  ])("is what the reference interpreter computes %s", async (_, graphOf) => {
    const { spec, weights, problems } = await opened;
    const graph = graphOf(spec, weights, {});
    for (const { inputs, y } of problems) {
      const values = await evaluate(graph, inputs);
      expect(relativeError(values.get(graph.outputs[0]!.value)!, y)).toBeLessThanOrEqual(REFERENCE_TOLERANCE);
    }
  });

  it.each(TARGETS)("is what ONNX Runtime computes, for %s", async (target) => {
    const { spec, weights, problems } = await opened;
    const bytes = await encoded(compile(spec, weights, { target }).model);
    for (const optimization of ["disabled", "all"] as const) {
      const results = await runGraph(
        bytes,
        problems.map(({ inputs }) => inputs),
        optimization,
      );
      for (const [index, { y }] of problems.entries())
        expect(relativeError(results[index]!.get("y")!, y), optimization).toBeLessThanOrEqual(OUTPUT_TOLERANCE);
    }
  });
});
