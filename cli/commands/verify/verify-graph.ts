/** `smxc verify` of a graph that was compiled from another graph: ONNX Runtime runs both. */
import { error, SmxcError } from "../../../src/base/diagnostics.js";
import type { Target } from "../../../src/lowerings/targets.js";
import { readMetadata } from "../../../src/metadata.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { type Signature, signatureOf } from "../../../src/onnx/signature.js";
import type { GraphModel } from "../../../src/open-model.js";
import type { Session, Tensor } from "../../../src/sessions/session.js";
import {
  candidateSizes,
  compareRun,
  type InputSizes,
  runSource,
  type SourceRun,
} from "../../../src/verify/against-source.js";
import { valuesPsnr } from "../../../src/verify/compare.js";
import * as errors from "../../../src/verify/errors.js";
import { isOpened, OPENED_SAMPLES, openedRuns, sharedInputs } from "../../../src/verify/opened-batch.js";
import type { OutputResult } from "../../../src/verify/output-result.js";
import { HALF_TOLERANCE } from "../../../src/verify/tolerances.js";
import type { Context } from "../../flags/command.js";
import { openModelFile } from "../../models/open-model.js";
import { showingOpener } from "./open-showing.js";

export interface VerifyGraphOptions {
  readonly shape: readonly (readonly number[])[];
  readonly rtol: number;
  readonly atol: number;
  readonly minPsnr: number | undefined;
  readonly target: Target;
}

export interface VerifyGraphReport {
  readonly target: Target;
  readonly results: readonly (OutputResult & { readonly psnr: number })[];
}

/** Sizes that are compared where none is given. */
const RUNS = 3;

/**
 * Compares the outputs of a graph on a target with those of its source on the CPU, with optimisations off.
 *
 * @throws SmxcError naming the first value of the source that differs
 */
export async function verifyGraph(
  context: Context,
  source: GraphModel,
  path: string,
  options: VerifyGraphOptions,
): Promise<VerifyGraphReport> {
  const compiled = await openModelFile(path, "graph", context.report);
  try {
    const signatures = { source: signatureOf(source.decoded.message), compiled: signatureOf(compiled.decoded.message) };
    requireSameInterface(signatures.source, signatures.compiled, path);
    const how = readMetadata(signatures.compiled.metadata)?.compiled;
    const mode = how?.fold ? "fold" : how?.routing;
    if (mode !== undefined)
      context.note(`the graph was compiled with --routing ${mode}, so it does not compute the same as the source`);
    const half = how?.dtype === "float16" ? HALF_TOLERANCE : undefined;
    const tolerance = {
      relative: Math.max(options.rtol, half?.relative ?? 0),
      absolute: Math.max(options.atol, half?.absolute ?? 0),
    };
    const openSource = await showingOpener(source, signatures.source, { target: "cpu", optimization: "disabled" });
    const openCompiled = await showingOpener(compiled, signatures.compiled, { target: options.target });
    const [own, opened] = [source.decoded.message, compiled.decoded.message] as [ModelWithGraph, ModelWithGraph];
    const samples = isOpened(own, opened)
      ? { count: OPENED_SAMPLES, share: (first: SourceRun) => sharedInputs(own, opened, first) }
      : undefined;
    const singles = await released(await openSource([]), (session) => runsOf(context, session, options.shape, samples));
    const runs = options.shape.length > 0 ? singles : openedRuns(own, opened, singles);
    const results = await released(await openCompiled([]), async (session) => {
      const found: OutputResult[] = [];
      for (const run of runs) found.push(...(await compareRun(session, run, tolerance)));
      return found.map((result) => judge(result, options.minPsnr));
    });
    const failed = results.filter(({ passed }) => !passed);
    if (failed.length === 0) return { target: options.target, results };
    const shared = [...signatures.source.values].filter(
      (name) =>
        signatures.compiled.values.has(name) && !signatures.source.outputs.some((output) => output.name === name),
    );
    const run = singles.find(({ label }) => label === failed[0]!.problem);
    // The source runs samples one by one alone: it has no values of several together.
    if (run === undefined) throw differing(failed, undefined, options.minPsnr, path);
    const outputs = await released(await openSource(shared), (session) => session.run(run.feeds));
    const order = [...signatures.source.values].filter((name) => outputs.has(name));
    const values = new Map(order.map((name) => [name, outputs.get(name)!]));
    const compared = await released(await openCompiled(shared), (session) =>
      compareRun(session, { ...run, outputs: values }, tolerance),
    );
    const first = compared.find(({ passed }) => !passed);
    throw differing(failed, first && { layer: first.output, maxError: first.maxError }, options.minPsnr, path);
  } finally {
    await compiled.close();
  }
}

function differing(
  failed: VerifyGraphReport["results"],
  first: { readonly layer: string; readonly maxError: number } | undefined,
  minPsnr: number | undefined,
  file: string,
): SmxcError {
  return new SmxcError(
    failed.map((result) => ({
      ...(minPsnr === undefined ? errors.outputDiffers(result, first) : errors.outputBelow(result, minPsnr, first)),
      file,
    })),
  );
}

/** Of runs at one size, and what they have in common with the first. */
interface Samples {
  readonly count: number;
  share(first: SourceRun): ReadonlyMap<string, Tensor>;
}

/** The source at the sizes that are asked for, or at a few that it takes; with samples, at the first of these alone. */
async function runsOf(
  context: Context,
  session: Session,
  shapes: VerifyGraphOptions["shape"],
  samples: Samples | undefined,
): Promise<readonly SourceRun[]> {
  const asked = shapes.length > 0;
  const usual = candidateSizes(session.inputs);
  const few = samples === undefined ? usual : Array.from({ length: samples.count }, () => usual[0]!);
  const sizes = asked ? shapes.map((shape) => sizesOf(session, shape)) : few;
  const runs: SourceRun[] = [];
  for (const [index, each] of sizes.entries()) {
    if (!asked && runs.length === RUNS) break;
    const given = asked || runs.length === 0 ? undefined : samples?.share(runs[0]!);
    const run = await runSource(session, each, index + 1, given);
    if (run !== null) runs.push(run);
    else if (asked) throw new SmxcError([notAtThatSize(shapes[index]!)], "usage");
  }
  if (runs.length === 0) throw new SmxcError([notAtThatSize(undefined)], "usage");
  for (const { label, outputs } of runs)
    if (![...outputs.values()].every(({ data }) => data.every(Number.isFinite)))
      context.note(`the source itself gives NaN or infinite values on random inputs (${label})`);
  return runs;
}

function sizesOf(session: Session, shape: readonly number[]): InputSizes {
  const [first] = session.inputs;
  const own = first?.shape ?? [];
  const fits =
    own.length === shape.length && own.every((dim, axis) => typeof dim !== "number" || dim < 1 || dim === shape[axis]);
  if (!fits) throw new SmxcError([errors.misfit(first?.name ?? "", shape, own.map(String))], "usage");
  return candidateSizes(session.inputs, shape)[0]!;
}

const notAtThatSize = (shape: readonly number[] | undefined) =>
  error(
    "verify/source-runs-not",
    shape === undefined
      ? "ONNX Runtime can run the source at none of the usual sizes"
      : `ONNX Runtime cannot run the source at ${shape.join("x")}`,
    { hint: "give a --shape that the network takes" },
  );

function requireSameInterface(source: Signature, compiled: Signature, file: string): void {
  const sourceNames = new Set(source.outputs.map(({ name }) => name));
  for (const side of ["inputs", "outputs"] as const) {
    const compared = compiled[side].filter(
      ({ name }) => side === "inputs" || sourceNames.has(name) || !name.startsWith("beta."),
    );
    const [wanted, found] = [source[side], compared].map((ports) => ports.map(({ name }) => name).join(", "));
    if (wanted !== found)
      throw new SmxcError([
        error("verify/other-interface", `the graph's ${side} are ${found}, but the source's are ${wanted}`, {
          file,
          hint: "give the source that the graph was compiled from",
        }),
      ]);
  }
}

function judge(result: OutputResult, minPsnr: number | undefined): OutputResult & { readonly psnr: number } {
  const psnr = valuesPsnr(result, Math.max(1, result.magnitude));
  const comparable = errors.notComparable(result, undefined) === undefined;
  return { ...result, psnr, passed: minPsnr === undefined ? result.passed : comparable && psnr >= minPsnr };
}

async function released<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}
