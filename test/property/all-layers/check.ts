/** What must hold for every random model. */
import { compile, prepareGraph } from "../../../src/compile.js";
import { buildGraph } from "../../../src/frontends/document/build.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import { parseDocument } from "../../../src/frontends/document/parse.js";
import { evaluate } from "../../../src/ir/evaluate.js";
import type { Graph, Node } from "../../../src/ir/graph.js";
import { inferShapes, withInputShapes } from "../../../src/ir/infer.js";
import type { ValueInfoProto } from "../../../src/onnx/graph/records.js";
import type { TensorStore } from "../../../src/tensors/tensor.js";
import { compareValues } from "../../../src/verify/compare.js";
import { TOLERANCES } from "../../../src/verify/tolerances.js";
import { encoded, joined, runGraph, type Values } from "../../support/sessions.js";
import { inputsOf, type RandomModel, storeOf } from "./model.js";
import { sensitivity } from "./reference.js";
import { oneByOne, ROUNDING, variantsOf } from "./variants.js";

/** What the checks of one model came to. */
export interface Checked {
  /** How many graphs were run. */
  readonly graphs: number;
  /** Outputs that differ by no more than float32 arithmetic moves them, though by more than the tolerance. */
  readonly undecided: number;
  /** Whether all of its routers could be folded. */
  readonly folded: boolean;
}

/** Checks one model; throws where something does not hold. */
export async function checkModel(model: RandomModel): Promise<Checked> {
  const spec = roundTrip(model);
  const weights = storeOf(model);
  const inputs = inputsOf(model);
  const { graph, unused } = buildGraph(spec, weights);
  if (unused.length > 0) throw new Error(`tensors that nothing reads: ${unused.join(", ")}`);
  const expected = await evaluate(graph, inputs);
  checkSizes(graph, inputs, expected);
  const compared = await compareVariants(model, spec, weights, { graph, inputs, expected });
  const folds = await checkFold(model, spec, weights, graph, oneByOne(model, inputs)[0]!);
  return {
    graphs: compared.graphs + folds.graphs,
    undecided: compared.undecided + folds.undecided,
    folded: folds.graphs > 0,
  };
}

/** The document through its text, and its parsed form, with all defaults, through its own. */
function roundTrip({ document }: RandomModel): ModelSpec {
  const { spec } = parseDocument(JSON.stringify(document), "model.json");
  const again = parseDocument(JSON.stringify(spec), "model.json").spec;
  if (JSON.stringify(again) !== JSON.stringify(spec))
    throw new Error("a parsed document does not survive its own text");
  return spec;
}

/** The sizes that the graph infers are those of the values. */
function checkSizes(graph: Graph, inputs: Values, values: Values): void {
  const shapes = inferShapes(withInputShapes(graph, new Map([...inputs].map(([name, { shape }]) => [name, shape]))));
  for (const [name, { shape }] of values) {
    const inferred = shapes.get(name)!.join("x");
    if (inferred !== shape.join("x"))
      throw new Error(`"${name}" has the size ${shape.join("x")}, not ${inferred} as inferred`);
  }
}

/** The reference's graph and what it computes. */
interface Reference {
  readonly graph: Graph;
  readonly inputs: Values;
  readonly expected: Values;
}

async function compareVariants(
  model: RandomModel,
  spec: ModelSpec,
  weights: TensorStore,
  reference: Reference,
): Promise<{ readonly graphs: number; readonly undecided: number }> {
  // Different options often give the same graph, which is run once.
  const done = new Set<string>();
  let undecided = 0;
  for (const { options, feeds, rounding } of variantsOf(model, reference.inputs)) {
    const label = JSON.stringify(options);
    const bytes = await orLabelled(label, async () =>
      encoded({ ...compile(spec, weights, options).model, metadata_props: [] }),
    );
    const key = Buffer.from(bytes).toString("latin1");
    if (done.has(key)) continue;
    done.add(key);
    const results = await orLabelled(label, () => runGraph(bytes, feeds));
    const whole = new Map(
      reference.graph.outputs.map(({ name, value }) => {
        const parts = results.map((result) => result.get(name)!);
        // What all samples have in common is computed anew for each.
        return [name, reference.expected.get(value)!.shape[0] === 1 ? parts[0]! : joined(parts)];
      }),
    );
    undecided += await compareOutputs(label, reference, whole, rounding);
  }
  return { graphs: done.size, undecided };
}

async function orLabelled<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${label}: ${(cause as Error).message}`, { cause });
  }
}

/** Throws where an output differs; returns how many differ by no more than their sensitivity. */
async function compareOutputs(
  label: string,
  { graph, inputs, expected }: Reference,
  actual: Values,
  rounding: number,
): Promise<number> {
  let undecided = 0;
  for (const { name, value } of graph.outputs) {
    const want = expected.get(value)!;
    const got = actual.get(name)!;
    if (want.shape.join() !== got.shape.join())
      throw new Error(`${label}: "${name}" is ${got.shape.join("x")}, not ${want.shape.join("x")}`);
    const { passed, maxError, limit } = compareValues(want.data, got.data, TOLERANCES);
    if (passed) continue;
    if (maxError > rounding * (await sensitivity(graph, inputs, name, want))) {
      throw new Error(
        `${label}: "${name}" differs by ${maxError.toExponential(2)}, more than ${limit.toExponential(2)}`,
      );
    }
    undecided++;
  }
  return undecided;
}

/** With the β of a sample held fixed nothing is routed any more, and the sample's outputs are what they were. */
async function checkFold(
  { document }: RandomModel,
  spec: ModelSpec,
  weights: TensorStore,
  graph: Graph,
  sample: Values,
): Promise<{ readonly graphs: number; readonly undecided: number }> {
  if (
    graph.betas.length === 0 ||
    (typeof document.inputs[0]!.shape[0] === "number" && document.inputs[0]!.shape[0] !== 1)
  ) {
    return { graphs: 0, undecided: 0 };
  }
  const expected = await evaluate(graph, sample);
  const betas = new Map(graph.betas.map(({ name, value }) => [name, tableOf(expected.get(value)!)]));
  const fold = { betas };
  const routed = prepareGraph(spec, weights, { fold }).nodes.filter(
    (node) => node.op === "route" || (node.op === "mix_conv" && decided(graph, node.name)),
  );
  if (routed.length > 0)
    throw new Error(`after folding there are still ${routed.map(({ name, op }) => `${op} ${name}`).join(", ")}`);
  const { model } = compile(spec, weights, { fold });
  // A router may itself be an output, which folding takes away.
  const bytes = await encoded({ ...model, metadata_props: [] });
  const kept = new Set(model.graph.output.map(({ name }) => name));
  const outputs = graph.outputs.filter(({ name }) => kept.has(name));
  if (outputs.length === 0) return { graphs: 0, undecided: 0 };
  const [actual] = await orLabelled("folded", () => runGraph(bytes, [feedsOf(sample, model.graph.input)]));
  return {
    graphs: 1,
    undecided: await compareOutputs(
      "folded",
      { graph: { ...graph, outputs }, inputs: sample, expected },
      actual!,
      ROUNDING,
    ),
  };
}

function feedsOf(sample: Values, inputs: readonly ValueInfoProto[]): Values {
  return new Map(inputs.map(({ name = "" }) => [name, sample.get(name)!]));
}

function tableOf({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}): readonly (readonly number[])[] {
  const [, experts, cardinals] = shape as [number, number, number];
  return Array.from({ length: experts }, (_, e) =>
    Array.from({ length: cardinals }, (_unused, d) => data[e * cardinals + d]!),
  );
}

/** Whether everything that weighs a mixture comes from routers, and so is constant once they are. */
function decided(graph: Graph, name: string): boolean {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const fixed = (value: string): boolean => {
    const node = nodes.get(value);
    if (!node) return graph.constants.has(value);
    return node.op === "route" || node.inputs.every(fixed);
  };
  return factorsOf(nodes.get(name)!).every(fixed);
}

function factorsOf(node: Node): readonly string[] {
  return node.op === "mix_conv" ? node.inputs.slice(-node.attributes.factors.length) : [];
}
