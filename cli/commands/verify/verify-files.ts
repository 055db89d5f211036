import { error, SmxcError } from "../../../src/base/diagnostics.js";
import { referenceGraph } from "../../../src/compile.js";
import { sameDim } from "../../../src/ir/dim.js";
import type { Graph } from "../../../src/ir/graph.js";
import { withInputShapes } from "../../../src/ir/infer.js";
import type { Target } from "../../../src/lowerings/targets.js";
import { type Signature, signatureOf } from "../../../src/onnx/signature.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { PASSES } from "../../../src/passes/index.js";
import { runPasses } from "../../../src/passes/run.js";
import type { ModelBytes, Session } from "../../../src/sessions/session.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import { valuesPsnr } from "../../../src/verify/compare.js";
import * as errors from "../../../src/verify/errors.js";
import { notFiniteWeights } from "../../../src/verify/finite.js";
import { firstOverflow } from "../../../src/verify/first-overflow.js";
import type { OutputResult } from "../../../src/verify/output-result.js";
import { HALF_TOLERANCE } from "../../../src/verify/tolerances.js";
import { compareWithReference } from "../../../src/verify/verify.js";
import type { Context } from "../../flags/command.js";
import { findMixedPair } from "../../models/external-data.js";
import { openModelFile } from "../../models/open-model.js";
import { type ComparedWith, comparedWithOf, optionsOf } from "./compiled-with.js";
import { judgeWeights, type WeightsVerdict, weightsOf } from "./graph-weights.js";
import { showingOpener } from "./open-showing.js";
import { problemsOf } from "./problems.js";

export interface VerifyOptions {
  readonly image: readonly string[];
  readonly shape: readonly (readonly number[])[];
  readonly rtol: number;
  readonly atol: number;
  readonly minPsnr: number | undefined;
  readonly target: Target;
}

export interface VerifyReport {
  readonly target: Target;
  /** What the graph says that it was compiled to compute, which the reference computes too. */
  readonly comparedWith: ComparedWith;
  readonly weights: WeightsVerdict;
  readonly results: readonly (OutputResult & { readonly psnr: number })[];
  /** Outputs of the graph that the document does not have. */
  readonly notCompared: readonly string[];
}

/**
 * Compares a graph's file with the reference of its document.
 *
 * @throws SmxcError naming the first layer that differs; `verify/weights-not-finite`; `verify/other-weights` for a graph
 *   of other weights, however near its outputs are
 */
export async function verifyFiles(
  context: Context,
  model: DocumentModel,
  path: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { decoded, close } = await openModelFile(path, "graph");
  try {
    const signature = signatureOf(decoded.message);
    const compiledWith = optionsOf(signature);
    const reference = asFixedByFile(referenceGraph(model.spec, model.weights, compiledWith), signature, path);
    const broken = await notFiniteWeights(reference);
    if (broken.length > 0) throw new SmxcError(errors.weightsNotFinite(broken, model.files.at(-1)!));
    const problems = await problemsOf(context, model, reference, { ...options, cap: true });
    const ownWeights = lazy(() => weightsOf(model, path, decoded, signature));
    const mixed = await findMixedPair(path, signature);
    if (mixed) {
      const [first] = (await ownWeights()).changed;
      const hint = first ? `${mixed.hint}; the first layer whose weights differ is ${first.layer}` : mixed.hint;
      throw new SmxcError([{ ...mixed, hint }]);
    }
    const open = (model: ModelBytes): Promise<Session> => createNodeSession(model, { target: options.target });
    const openShowing = await showingOpener({ name: path, decoded }, signature, { target: options.target });
    const { dtype = "float32" } = compiledWith;
    const half = dtype === "float16" ? HALF_TOLERANCE : undefined;
    const tolerance = {
      relative: Math.max(options.rtol, half?.relative ?? 0),
      absolute: Math.max(options.atol, half?.absolute ?? 0),
    };
    const session = await openShowing([]);
    const bar = context.progress("comparing", problems.length);
    const { results } = await compareWithReference(reference, session, problems, tolerance, {
      dtype,
      onProgress: bar.update,
    }).finally(() => {
      bar.end();
      return session.release();
    });
    const judged = results.map((result) => judge(result, options.minPsnr));
    const failed = judged.filter((result) => !result.passed);
    const weights = await judgeWeights(model.spec, signature, ownWeights);
    const other = weights.verdict === "other" ? [errors.otherWeights(path, weights, failed.length === 0)] : [];
    if (failed.length + other.length === 0) {
      const known = new Set(reference.outputs.map(({ name }) => name));
      const notCompared = signature.outputs.map(({ name }) => name).filter((name) => !known.has(name));
      const comparedWith = comparedWithOf(compiledWith);
      return { target: options.target, comparedWith, weights, results: judged, notCompared };
    }
    if (failed.length === 0) throw new SmxcError(other);

    // Passes move values between layers, so the layers are compared as they were lowered.
    const graph = runPasses(reference, PASSES);
    const shown = graph.nodes.map((node) => node.name).filter((name) => signature.values.has(name));
    const probe = await openShowing(shown.filter((name) => !signature.outputs.some((output) => output.name === name)));
    const failing = problems.filter((problem) => failed.some((result) => result.problem === problem.label)).slice(0, 1);
    const { suspect } = await compareWithReference(graph, probe, failing, tolerance, { dtype }).finally(() =>
      probe.release(),
    );
    const [changed] = (await ownWeights()).changed;
    const hidden = failed.some(({ overflow, notFinite }) => overflow === undefined && notFinite.actual > 0);
    const overflow = hidden && !changed ? await firstOverflow(reference, failing[0]!, open) : undefined;
    const differing = changed ? { ...changed, layer: `${changed.layer} (its tensor ${changed.initializer})` } : suspect;
    throw new SmxcError([
      ...other,
      ...failed.map((result) => {
        const shown = overflow ? { overflow, ...result } : result;
        const found =
          options.minPsnr === undefined
            ? errors.outputDiffers(shown, differing)
            : errors.outputBelow(shown, options.minPsnr, differing);
        return { ...found, file: path };
      }),
    ]);
  } finally {
    await close();
  }
}

/** With a least PSNR, that alone counts, of outputs that can be compared at all. */
function judge(result: OutputResult, minPsnr: number | undefined): OutputResult & { readonly psnr: number } {
  const psnr = valuesPsnr(result, Math.max(1, result.magnitude));
  const comparable = errors.notComparable(result, undefined) === undefined;
  return { ...result, psnr, passed: minPsnr === undefined ? result.passed : comparable && psnr >= minPsnr };
}

/** The reference with the sizes that the file fixes; its interface is to be the file's. */
function asFixedByFile(graph: Graph, signature: Signature, path: string): Graph {
  const shapes = graph.inputs.map(({ name, shape }) => {
    const declared = signature.inputs.find((input) => input.name === name)?.shape;
    if (declared?.length !== shape.length) throw new SmxcError([otherInterface(path, name)]);
    const sized = shape.map((dim, axis) => {
      const size = declared[axis];
      return typeof size === "number" ? size : dim;
    });
    const fits = shape.every((dim, axis) => typeof dim !== "number" || sameDim(dim, sized[axis]!));
    if (!fits) throw new SmxcError([otherInterface(path, name)]);
    return [name, sized] as const;
  });
  if (!signature.outputs.some((output) => output.name === graph.outputs[0]!.name)) {
    throw new SmxcError([otherInterface(path, graph.outputs[0]!.name)]);
  }
  return withInputShapes(graph, new Map(shapes));
}

const otherInterface = (file: string, name: string) =>
  error("verify/other-interface", `the graph has no weights "${name}" of the shape that the document says`, {
    file,
    hint: "give the document that the graph was compiled from, or compile it again",
  });

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
