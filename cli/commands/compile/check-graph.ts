/** The run-and-compare that ends the compile of an ONNX graph: with the source in ONNX Runtime, and each island with the interpreter. */

import type { AcceleratedModel } from "../../../src/accelerate/accelerate-model.js";
import { batchOf } from "../../../src/accelerate/open-batch.js";
import type { SmxcError } from "../../../src/base/diagnostics.js";
import type { Compiled } from "../../../src/compile.js";
import type { ModelProto, ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { withOutputs } from "../../../src/onnx/rewrite/extract.js";
import { candidateSizes, compareRun, runSource, type SourceRun } from "../../../src/verify/against-source.js";
import * as errors from "../../../src/verify/errors.js";
import { isOpened, OPENED_SAMPLES, openedRuns, sharedInputs } from "../../../src/verify/opened-batch.js";
import type { OutputResult } from "../../../src/verify/output-result.js";
import { smallProblems } from "../../../src/verify/problems.js";
import { HALF_TOLERANCE, TOLERANCES, type Tolerance } from "../../../src/verify/tolerances.js";
import { compareWithReference } from "../../../src/verify/verify.js";
import type { Context } from "../../flags/command.js";
import { compareOpenedSizes } from "./check-sizes.js";
import { sessionOf } from "./session-of.js";

/** What was compared, for `--json`. */
export interface GraphCompared {
  /** `source`: ONNX Runtime on the file itself; `reference`: the interpreter in float64 on an island. */
  readonly against: "source" | "reference";
  readonly inputs: readonly string[];
  readonly maxError: number;
  readonly magnitude: number;
}

/** Sizes at which a whole graph is compared. */
const RUNS = 2;

/**
 * @param original the file's own graph, whatever its sizes are to be
 * @param options `source`: where `done` is another function than its source, the same compile that is not, and what is said of that
 * @throws SmxcError `verify/compiled-differs` with the first value that differs, `verify/not-finite`
 */
export async function checkGraph(
  context: Context,
  original: ModelWithGraph,
  done: AcceleratedModel,
  {
    dtype,
    source,
  }: {
    readonly dtype: "float32" | "float16";
    readonly source?: { readonly graph: AcceleratedModel; readonly note: string };
  },
): Promise<readonly GraphCompared[]> {
  const sizes = await checkSizes(context, original, done);
  if (done.compiled.length === 0 && batchOf(done.model) === batchOf(done.source)) return sizes;
  const tolerance = dtype === "float16" ? HALF_TOLERANCE : TOLERANCES;
  const bar = context.progress("comparing", done.compiled.length + RUNS);
  try {
    const found: GraphCompared[] = [];
    for (const [index, compiled] of done.compiled.entries()) {
      const compared = await checkIsland(compiled, tolerance, dtype);
      if (compared === undefined)
        context.note(`not compared with the reference: ${compiled.reference.name} is too large for the interpreter`);
      else found.push(compared);
      bar.update(index + 1);
    }
    const { graph } = source ?? { graph: done };
    const whole = await checkWhole(context, graph.source, graph.model, tolerance);
    if (source !== undefined && whole !== undefined) context.note(source.note);
    return [...sizes, ...found, ...(whole === undefined ? [] : [whole])];
  } finally {
    bar.end();
  }
}

/** Whether the source with its height or width opened, which the compiled graph is compared with, is the source. */
async function checkSizes(
  context: Context,
  original: ModelWithGraph,
  { openedSizes }: AcceleratedModel,
): Promise<readonly GraphCompared[]> {
  if (openedSizes === undefined) return [];
  const results = await compareOpenedSizes(context, original, openedSizes);
  return results.length === 0 ? [] : [summary("source", results)];
}

/** Undefined if the network takes none of the sizes at which the interpreter ends within seconds. */
async function checkIsland(
  { model, reference }: Compiled,
  tolerance: Tolerance,
  dtype: "float32" | "float16",
): Promise<GraphCompared | undefined> {
  const problems = smallProblems(reference, 1);
  const session = problems.length === 0 ? undefined : await sessionOf(model, "all");
  if (session === undefined) return undefined;
  try {
    const { results } = await compareWithReference(reference, session, problems, tolerance, { dtype });
    return summary("reference", results);
  } finally {
    await session.release();
  }
}

/** Undefined where ONNX Runtime runs the source at none of the sizes. */
async function checkWhole(
  context: Context,
  source: ModelWithGraph,
  model: ModelWithGraph,
  tolerance: Tolerance,
): Promise<GraphCompared | undefined> {
  const original = await sessionOf(source, "disabled");
  if (original === undefined) {
    context.note(
      "not compared with the source: the weights are too large for a graph in memory; compare the files with smxc verify",
    );
    return undefined;
  }
  const groups: SourceRun[][] = [];
  const samples = isOpened(source, model) ? OPENED_SAMPLES : 1;
  try {
    for (const sizes of candidateSizes(original.inputs)) {
      if (groups.length === RUNS) break;
      const group: SourceRun[] = [];
      for (let sample = 0; sample < samples; sample++) {
        const shared = group.length === 0 ? undefined : sharedInputs(source, model, group[0]!);
        const run = await runSource(original, sizes, groups.length * samples + sample + 1, shared);
        if (run === null) break;
        group.push(run);
      }
      if (group.length > 0) groups.push(group);
    }
  } finally {
    await original.release();
  }
  const hasNumbers = ({ outputs }: SourceRun): boolean =>
    [...outputs.values()].every(({ data }) => data.every(Number.isFinite));
  const finite = groups.map((group) => group.filter(hasNumbers)).filter(({ length }) => length > 0);
  if (finite.flat().length < groups.flat().length)
    context.note("the source itself gives NaN or infinite values on random inputs; these inputs are not compared");
  if (finite.length === 0) {
    if (groups.length === 0)
      context.note(
        "not compared with the source: it runs at none of the usual sizes; compare at another one with smxc verify --shape",
      );
    return undefined;
  }
  const session = (await sessionOf(model, "all"))!;
  try {
    const results: OutputResult[] = [];
    for (const run of finite.flatMap((group) => openedRuns(source, model, group)))
      results.push(...(await compareRun(session, run, tolerance)));
    const failed = results.filter(({ passed }) => !passed);
    if (failed.length > 0) throw await firstDifference(source, model, finite.flat(), tolerance, failed);
    const compared = summary("source", results);
    context.note(
      `compared with the source on the CPU provider (${compared.inputs.join("; ")}): largest difference ${compared.maxError.toExponential(1)}, outputs up to ${compared.magnitude.toPrecision(2)}`,
    );
    return compared;
  } finally {
    await session.release();
  }
}

/** The error for outputs that differ. It names the first value, in the order of the source, that differs. */
async function firstDifference(
  source: ModelWithGraph,
  model: ModelProto,
  runs: readonly SourceRun[],
  tolerance: Tolerance,
  failed: readonly OutputResult[],
): Promise<SmxcError> {
  const kept = new Set(model.graph?.node.flatMap(({ output }) => output));
  const names = source.graph.node.flatMap(({ output }) => output.filter((name) => name !== "" && kept.has(name)));
  const run = runs.find(({ label }) => label === failed[0]!.problem);
  // The source runs samples one by one alone: it has no values of several together.
  if (run === undefined) return new errors.CompiledDiffers(failed);
  const [original, compiled] = [
    await sessionOf(withOutputs(source, names), "disabled"),
    await sessionOf(withOutputs(model, names), "all"),
  ];
  if (original === undefined || compiled === undefined) return new errors.CompiledDiffers(failed);
  try {
    const outputs = await original.run(run.feeds);
    const results = await compareRun(
      compiled,
      { ...run, outputs: new Map(names.map((name) => [name, outputs.get(name)!])) },
      tolerance,
    );
    const first = results.find(({ passed }) => !passed);
    return new errors.CompiledDiffers(first === undefined ? failed : [first]);
  } finally {
    await original.release();
    await compiled.release();
  }
}

function summary(against: GraphCompared["against"], results: readonly OutputResult[]): GraphCompared {
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length > 0) throw new errors.CompiledDiffers(failed);
  const worst = results.reduce((a, b) => (b.maxError / b.limit > a.maxError / a.limit ? b : a));
  return {
    against,
    inputs: [...new Set(results.map(({ problem }) => problem))],
    maxError: worst.maxError,
    magnitude: worst.magnitude,
  };
}
