import { dirname } from "node:path";
import { compile, referenceGraph } from "../src/compile.js";
import type { CompileOptions, Size } from "../src/compile-options.js";
import { error, SmxcError } from "../src/diagnostics.js";
import { sameDim } from "../src/ir/dim.js";
import type { Graph } from "../src/ir/graph.js";
import { withInputShapes } from "../src/ir/infer.js";
import type { Target } from "../src/lowerings/targets.js";
import { readMetadata } from "../src/metadata.js";
import { type DecodedModel, decodeGraph } from "../src/onnx/decode.js";
import { readBlob } from "../src/onnx/proto/stored-values.js";
import { showValues } from "../src/onnx/show-values.js";
import { type Signature, signatureOf } from "../src/onnx/signature.js";
import { PASSES } from "../src/passes/index.js";
import { runPasses } from "../src/passes/run.js";
import type { ModelBytes, Session } from "../src/runtime/session.js";
import { createNodeSession } from "../src/runtime/session-ort-node.js";
import { changedWeights } from "../src/verify/changed-weights.js";
import * as errors from "../src/verify/errors.js";
import { HALF_TOLERANCE } from "../src/verify/tolerances.js";
import { compareWithReference, type OutputResult } from "../src/verify/verify.js";
import { openFileSource } from "../src/weights/file-source-node.js";
import type { Context } from "./command.js";
import { besideGraph, externalDataOf, findMixedPair, readBeside } from "./external-data.js";
import type { LoadedModel } from "./load-model.js";
import { problemsOf } from "./verify-problems.js";

export interface VerifyOptions {
  readonly image: readonly string[];
  readonly shape: readonly (readonly number[])[];
  readonly rtol: number;
  readonly atol: number;
  readonly minPsnr: number | undefined;
  readonly target: Target;
}

export interface VerifyReport {
  readonly passed: boolean;
  readonly target: Target;
  readonly results: readonly (OutputResult & { readonly psnr: number })[];
}

/** Compares a graph's file with the reference of its document. Throws SmxcError naming the first layer that differs. */
export async function verifyFiles(
  context: Context,
  model: LoadedModel,
  path: string,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const source = await openFileSource(path);
  try {
    const decoded = await decodeGraph(source);
    const signature = signatureOf(decoded.message);
    const reference = asFixedByFile(referenceGraph(model.spec, model.weights, optionsOf(signature)), signature, path);
    const problems = await problemsOf(context, model, reference, { ...options, cap: true });
    const bytes = await source.read(0, source.size);
    const mixed = await findMixedPair(path, signature);
    if (mixed) {
      const [first] = await changedLayers(model, path, decoded, signature);
      const hint = first ? `${mixed.hint}; the first layer whose weights differ is ${first.layer}` : mixed.hint;
      throw new SmxcError([{ ...mixed, hint }]);
    }
    const external = await externalFor(options.target, path, signature);
    const open = (extra: Uint8Array): Promise<Session> =>
      createNodeSession({ name: path, bytes: concat(bytes, extra), ...external }, { target: options.target });
    const half = readMetadata(signature.metadata)?.compiled.dtype === "float16" ? HALF_TOLERANCE : undefined;
    const tolerance = {
      relative: Math.max(options.rtol, half?.relative ?? 0),
      absolute: Math.max(options.atol, half?.absolute ?? 0),
    };
    const session = await open(new Uint8Array(0));
    const bar = context.progress("comparing", problems.length);
    const { results } = await compareWithReference(reference, session, problems, tolerance, bar.update).finally(() => {
      bar.end();
      return session.release();
    });
    const judged = results.map((result) => {
      const psnr = psnrOf(result);
      return { ...result, psnr, passed: options.minPsnr === undefined ? result.passed : psnr >= options.minPsnr };
    });
    const failed = judged.filter((result) => !result.passed);
    if (failed.length === 0) return { passed: true, target: options.target, results: judged };

    // Passes move values between layers, so the layers are compared as they were lowered.
    const graph = runPasses(reference, PASSES);
    const shown = graph.nodes.map((node) => node.name).filter((name) => signature.values.has(name));
    const probe = await open(
      showValues(shown.filter((name) => !signature.outputs.some((output) => output.name === name))),
    );
    const failing = problems.filter((problem) => failed.some((result) => result.problem === problem.label)).slice(0, 1);
    const { suspect } = await compareWithReference(graph, probe, failing, tolerance).finally(() => probe.release());
    const [changed] = await changedLayers(model, path, decoded, signature);
    const differing = changed ?? suspect;
    throw new SmxcError(
      failed.map((result) => ({
        ...(options.minPsnr === undefined
          ? errors.outputDiffers(result, differing)
          : errors.outputBelow(result, options.minPsnr, differing)),
        file: path,
      })),
    );
  } finally {
    await source.close();
  }
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

/** What the graph was compiled with: another routing, the β that it was folded with, its outputs. */
export function optionsOf(
  signature: Signature,
): Pick<CompileOptions, "fold" | "routing" | "exposeBeta" | "context" | "dtype"> {
  const { fold, routing, context, dtype } = readMetadata(signature.metadata)?.compiled ?? {};
  return {
    exposeBeta: signature.outputs.some((output) => output.name.startsWith("beta.")),
    ...(fold ? { fold: { betas: new Map(Object.entries(fold.betas)), layers: fold.layers } } : {}),
    ...(routing ? { routing } : {}),
    ...(context ? { context } : {}),
    ...(dtype ? { dtype } : {}),
  };
}

const otherInterface = (file: string, name: string) =>
  error("verify/other-interface", `the graph has no "${name}" of the shape that the document gives it`, {
    file,
    hint: "was it compiled from another document?",
  });

/** Layers whose weights are not those of a fresh compile with the options that the graph was made with. */
async function changedLayers(
  model: LoadedModel,
  path: string,
  decoded: DecodedModel,
  signature: Signature,
): Promise<readonly errors.DifferingLayer[]> {
  const compiled = readMetadata(signature.metadata)?.compiled;
  const { graph } = decoded.message;
  if (!compiled || !graph) return [];
  const main = signature.inputs[0]?.shape ?? [];
  const size = (axis: number): Size => (typeof main.at(axis) === "number" ? (main.at(axis) as number) : "dynamic");
  const fresh = compile(model.spec, model.weights, {
    ...optionsOf(signature),
    lowering: compiled.lowering,
    target: compiled.target as Target,
    batch: size(0),
    height: size(-2),
    width: size(-1),
  });
  const changed = await changedWeights(fresh.model, graph, async (tensor) => {
    if (tensor.raw_data) return readBlob(decoded.source, tensor.raw_data);
    const external = new Map(tensor.external_data.map(({ key, value }) => [key, value]));
    const location = external.get("location");
    const length = external.get("length");
    const offset = Number(external.get("offset") ?? 0);
    return location ? readBeside(path, location, offset, length ? Number(length) : undefined) : undefined;
  });
  return changed.map(({ node, maxError, initializer }) => ({
    layer: `${layerOf(fresh.graph, node)} (its tensor ${initializer})`,
    maxError,
  }));
}

/** The layer that a node belongs to: that of the longest value name that its name begins with. */
function layerOf(graph: Graph, node: string): string {
  const owners = graph.nodes.filter(({ name }) => node === name || node.startsWith(`${name}/`));
  return (
    owners.reduce((best, owner) => (owner.name.length > best.name.length ? owner : best), owners[0]!)?.origin.layer ??
    node
  );
}

/** PSNR of the output against the reference, relative to the reference's largest magnitude, bounded by the worst error. */
function psnrOf(result: OutputResult): number {
  return 20 * Math.log10(Math.max(1, result.magnitude) / Math.max(result.rmse, Number.MIN_VALUE));
}

/** WebAssembly sees no files; elsewhere ONNX Runtime reads the data itself, however large it is. */
async function externalFor(
  target: Target,
  path: string,
  signature: Signature,
): Promise<Pick<ModelBytes, "externalData" | "folder">> {
  if (target === "wasm") return { externalData: await externalDataOf(path, signature) };
  for (const location of signature.external) besideGraph(path, location);
  return { folder: dirname(path) };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (b.length === 0) return a;
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
