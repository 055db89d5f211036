/** Every case of `fixtures/oracle` through import, compile and ONNX Runtime, against PyTorch's numbers. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compile, prepareGraph, referenceGraph } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { IMPORTERS } from "../../src/frontends/checkpoints/index.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { DenseTensor } from "../../src/ir/ops/dense-tensor.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import type { SessionOptions } from "../../src/sessions/session.js";
import { type ImportedFixture, importOracle, NETWORK_CASES, ORACLE_CASES, readOracle } from "../support/fixtures.js";
import { absoluteError, encoded, joined, relativeError, runGraph, samples, type Values } from "../support/sessions.js";

/** The acceptance of the project, relative to the largest |y|. */
const OUTPUT_TOLERANCE = 1e-5;
/** PyTorch computed the cases in float32; the reference interpreter has no error of its own at that scale. */
const REFERENCE_TOLERANCE = 1e-6;
const BETA_TOLERANCE = 1e-6;

interface Oracle extends ImportedFixture {
  readonly inputs: Values;
  readonly y: DenseTensor;
  /** β by the name that `--expose-beta` gives it, [N, experts, cardinals]. */
  readonly betas: Values;
}

async function openCase(index: number): Promise<Oracle> {
  const oracle = ORACLE_CASES[index]!;
  const [model, io] = await Promise.all([importOracle(oracle), readOracle(oracle)]);
  const inputs = new Map(model.spec.inputs.map((input) => [input.name, io.get(input.name)!]));
  return { ...model, inputs, y: io.get("y")!, betas: betasOf(io) };
}

/** The β of a single layer, which import calls `y`, is `beta` in its case, and has no cardinals where its family knows none. */
function betasOf(io: Values): Values {
  const betas = [...io].filter(([name]) => name.startsWith("beta"));
  return new Map(
    betas.map(([name, { shape, data }]) => [
      name === "beta" ? "beta.y" : name,
      { shape: shape.length === 2 ? [...shape, 1] : shape, data },
    ]),
  );
}

/** Sizes that the graph leaves open or fixes, and how the case's samples are fed to it. */
interface Sizes {
  readonly label: string;
  options(shape: readonly number[]): CompileOptions;
  feeds(inputs: Values): readonly Values[];
}

const SIZES: readonly Sizes[] = [
  { label: "dynamic", options: () => ({}), feeds: (inputs) => [inputs] },
  {
    label: "fixed",
    options: (shape) => ({ batch: shape[0]!, height: shape.at(-2)!, width: shape.at(-1)! }),
    feeds: (inputs) => [inputs],
  },
  { label: "batch 1", options: () => ({ batch: 1 }), feeds: samples },
];

type Level = NonNullable<SessionOptions["optimization"]>;

const OPSETS = [17, 21] as const;

/** With a lowering asked for by name each target has one of the two. */
function opsets(lowering: string, target: (typeof TARGETS)[number]): readonly (typeof OPSETS)[number][] {
  return lowering === "auto" ? OPSETS : [OPSETS[TARGETS.indexOf(target) % 2]!];
}

/** How far ONNX Runtime rewrites the graph: both ways where smxc chooses the lowering, else one with each operator set. */
function levels(lowering: string, opset: (typeof OPSETS)[number]): readonly Level[] {
  if (lowering === "auto") return ["disabled", "all"];
  return [opset === 17 ? "all" : "disabled"];
}

it("covers every importer, with the checkpoints of whole networks", () => {
  const covered = [...ORACLE_CASES, ...NETWORK_CASES].map(({ family }) => family);
  expect(new Set(covered)).toEqual(new Set(IMPORTERS.map(({ name }) => name)));
});

describe.each(ORACLE_CASES.map((oracle, index) => ({ ...oracle, index })))("$name", ({ index }) => {
  const opened = openCase(index);
  /** Lowerings that do not apply, and targets, often give a graph again: it is run once. */
  const done = new Set<string>();

  it.each([
    ["before the passes", referenceGraph],
    ["after the passes", prepareGraph],
  ])("is what the reference interpreter computes %s", async (_, graphOf) => {
    const { spec, weights, inputs, y, betas } = await opened;
    const graph = graphOf(spec, weights, { exposeBeta: true });
    const values = await evaluate(graph, inputs);
    const output = (name: string) => values.get(graph.outputs.find((each) => each.name === name)!.value)!;
    expect(relativeError(output("y"), y)).toBeLessThanOrEqual(REFERENCE_TOLERANCE);
    for (const [name, beta] of betas)
      expect(absoluteError(output(name), beta), name).toBeLessThanOrEqual(BETA_TOLERANCE);
  });

  it.each(["auto", ...LOWERING_NAMES])("is what ONNX Runtime computes, lowering %s", async (lowering) => {
    const { spec, weights, inputs, y, betas } = await opened;
    for (const target of TARGETS) {
      for (const opset of opsets(lowering, target)) {
        for (const sizes of SIZES) {
          const [main] = inputs.values();
          const options = { target, opset, lowering, exposeBeta: true, ...sizes.options(main!.shape) };
          const { model } = compile(spec, weights, options);
          const bytes = await encoded({ ...model, metadata_props: [] });
          const key = createHash("sha256").update(bytes).digest("hex");
          if (done.has(key)) continue;
          done.add(key);
          for (const level of levels(lowering, opset)) {
            const label = `${target}, opset ${opset}, sizes ${sizes.label}, optimization ${level}`;
            const results = await runGraph(bytes, sizes.feeds(inputs), level);
            const output = (name: string) => joined(results.map((result) => result.get(name)!));
            expect(model.graph.output[0]!.name).toBe("y");
            expect(relativeError(output("y"), y), label).toBeLessThanOrEqual(OUTPUT_TOLERANCE);
            for (const [name, beta] of betas) {
              expect(absoluteError(output(name), beta), `${name}, ${label}`).toBeLessThanOrEqual(BETA_TOLERANCE);
            }
          }
        }
      }
    }
  });
});
