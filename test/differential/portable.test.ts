/** `--portable`: what smxc writes holds no control flow, passes its check, and gives what the document says. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { walkModel } from "../../src/onnx/check/walk.js";
import { decodeFile } from "../../src/onnx/decode.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { smallProblems } from "../../src/verify/problems.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { compareWithReference } from "../../src/verify/verify.js";
import { type ImportedFixture, importOracle, importStore, ORACLE_CASES, openFixture } from "../support/fixtures.js";
import { encoded } from "../support/sessions.js";

const CONTROL_FLOW = ["Scan", "Loop", "If"];

/** Operators of a graph, those of its sub-graphs too. */
async function operatorsOf(bytes: Uint8Array<ArrayBuffer>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const { message } = await decodeFile(bytesSource("model.onnx", bytes));
  walkModel(message, { node: ({ op_type = "" }) => found.add(op_type) });
  return found;
}

const controlFlowOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const operators = await operatorsOf(bytes);
  return CONTROL_FLOW.filter((name) => operators.has(name));
};

const SIZES: Readonly<Record<string, CompileOptions>> = {
  "open sizes": {},
  "fixed sizes": { batch: 1, height: 24, width: 20 },
};

const NETWORKS: readonly (readonly [string, () => Promise<ImportedFixture>])[] = [
  ...ORACLE_CASES.map((oracle) => [`oracle/${oracle.name}`, () => importOracle(oracle)] as const),
  ...["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"].map(
    (name) => [`models/${name}`, async () => importStore(await openFixture("models", name, "checkpoint.pt"))] as const,
  ),
];

describe.each(NETWORKS)("%s", (_, open) => {
  const opened = open();

  it.each(Object.entries(SIZES))("agrees with the reference without control flow, %s", async (_label, sizes) => {
    const { spec, weights } = await opened;
    const { model, reference } = compile(spec, weights, { ...sizes, portable: true });
    const bytes = await encoded(model);
    expect(await controlFlowOf(bytes)).toEqual([]);
    const findings = await checkFile(bytesSource("model.onnx", bytes), { strict: true, full: true, target: "wasm" });
    expect(findings).toEqual([]);
    const session = await createNodeSession({ name: "graph", bytes }, { target: "cpu", threads: 1 });
    try {
      const problems = smallProblems(reference, 1);
      expect(problems).toHaveLength(1);
      const { results } = await compareWithReference(reference, session, problems, TOLERANCES);
      expect(results.filter(({ passed }) => !passed)).toEqual([]);
    } finally {
      await session.release();
    }
  });

  it("holds none whatever the target, the lowering and the batch", async () => {
    const { spec, weights } = await opened;
    for (const target of TARGETS) {
      for (const lowering of ["auto", ...LOWERING_NAMES]) {
        for (const batch of ["dynamic", 2] as const) {
          const { model, choices } = compile(spec, weights, { target, lowering, batch, portable: true });
          const found = model.graph.node.filter(({ op_type }) => CONTROL_FLOW.includes(op_type ?? ""));
          expect(found, `${target}, ${lowering}, ${batch}`).toEqual([]);
          expect(choices.filter(({ perSample }) => perSample)).toEqual([]);
        }
      }
    }
  });
});

it("patches are cut and blended without any, too", async () => {
  const store = await openFixture("models", "nsr-x2", "checkpoint.pt");
  const { spec, weights } = await importStore(store, { config: new Map([["patch", 48]]) });
  const operators = async (portable: boolean) =>
    controlFlowOf(await encoded(compile(spec, weights, { context: "patch", portable }).model));
  expect(await operators(true)).toEqual([]);
  expect(await operators(false)).toEqual(["Scan"]);
});
