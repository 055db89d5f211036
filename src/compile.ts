import { SmxcError } from "./base/diagnostics.js";
import { VERSION } from "./base/version.js";
import type { CompileOptions, LoweringOptions, Size } from "./compile-options.js";
import { buildGraph } from "./frontends/document/build.js";
import type { ModelSpec } from "./frontends/document/document.js";
import * as errors from "./frontends/document/errors.js";
import { retarget } from "./frontends/document/retarget.js";
import type { Dim, Shape } from "./ir/dim.js";
import { exposeBetas } from "./ir/expose-betas.js";
import type { Graph } from "./ir/graph.js";
import { withInputShapes } from "./ir/infer.js";
import { verifyGraph } from "./ir/verify.js";
import { type LoweringChoice, loweringChoices } from "./lowerings/choices.js";
import type { EmitOptions } from "./lowerings/emitter.js";
import { lowerGraph } from "./lowerings/lower-graph.js";
import { planCanvases } from "./lowerings/winograd/plan.js";
import { modelMetadata } from "./metadata.js";
import * as build from "./onnx/graph/build.js";
import type { ModelWithGraph } from "./onnx/graph/records.js";
import { toFloat16 } from "./onnx/rewrite/to-float16.js";
import { freezeBetas } from "./passes/freeze-betas.js";
import { frozenBetas, selectRouters } from "./passes/given-betas.js";
import { PASSES } from "./passes/index.js";
import type { Pass, PassStep } from "./passes/pass.js";
import { patchify } from "./passes/patchify.js";
import { removeDeadNodes } from "./passes/remove-dead-nodes.js";
import { runPasses } from "./passes/run.js";
import type { TensorStore } from "./tensors/tensor.js";
import { noPatchContext } from "./tiling/errors.js";

export interface Compiled {
  /** What the document says, before any pass: the graph is to compute this. */
  readonly reference: Graph;
  /** The IR as it was lowered. */
  readonly graph: Graph;
  readonly model: ModelWithGraph;
  /** How each convolution is run, and why. */
  readonly choices: readonly LoweringChoice[];
  /** What passes rewrote, and what they left as it was. */
  readonly rewrites: readonly PassStep[];
}

/** The lowest operator set that everything smxc emits is defined in. */
const LOWEST_OPSET = 17;
/** ONNX IR version of each operator set that smxc emits (onnx/onnx docs/Versioning.md). */
const IR_VERSIONS: Readonly<Record<number, number>> = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };

/**
 * Compiles a model: document and weights → IR → passes → lowering → ONNX. Pure; the weights are read only when the
 * result is encoded. Throws SmxcError with everything that does not fit together.
 */
export function compile(spec: ModelSpec, weights: TensorStore | undefined, options: CompileOptions = {}): Compiled {
  const compiled = compileGraph(referenceGraph(spec, weights, options), options);
  const metadata = modelMetadata(spec, options, compiled.choices);
  const metadata_props = Array.from(metadata, ([key, value]) => build.property(key, value));
  return { ...compiled, model: { ...compiled.model, metadata_props } };
}

/** Compiles a graph as it is, such as a part of a network: passes → lowering → ONNX. */
export function compileGraph(reference: Graph, options: LoweringOptions): Compiled {
  const rewrites: PassStep[] = [];
  const graph = runPasses(reference, PASSES, (step) => rewrites.push(step));
  const emitOptions = emitOptionsOf(options);
  const { opset } = emitOptions;
  const plan = planCanvases(graph, emitOptions);
  const lowered = lowerGraph(graph, emitOptions, plan);
  const header = build.model({
    ir_version: IR_VERSIONS[opset],
    opset_import: [build.opset(opset)],
    producer_name: "smxc",
    producer_version: VERSION,
  });
  const model = { ...header, graph: options.dtype === "float16" ? toFloat16(lowered) : lowered };
  return { reference, graph, model, choices: loweringChoices(graph, emitOptions, plan), rewrites };
}

/** What the lowering gets of a compile's options. */
export function emitOptionsOf(options: LoweringOptions): EmitOptions {
  const { target = "cpu", opset = LOWEST_OPSET, lowering = "auto", portable, threads, measured } = options;
  // The transforms of a Winograd convolution lose several bits, which half precision does not have.
  const winograd = options.dtype === "float16" ? false : options.winograd;
  return {
    target,
    opset,
    lowering,
    ...(winograd === undefined ? {} : { winograd }),
    ...(portable === undefined ? {} : { portable }),
    ...(threads === undefined ? {} : { threads }),
    ...(measured === undefined ? {} : { measured }),
  };
}

/** The IR of a model as its document says it, with the routing, the sizes and the frozen β of the options. */
export function referenceGraph(spec: ModelSpec, weights: TensorStore | undefined, options: CompileOptions = {}): Graph {
  const routed = options.routing === undefined ? spec : retarget(spec, options.routing);
  const { graph: built, unused } = buildGraph(routed, weights);
  for (const tensor of unused) options.report?.(errors.unusedTensor(tensor));
  verifyGraph(built, "building the graph");
  const sized = withInputShapes(built, inputShapes(spec, built, options));
  const { fold } = options;
  const frozen = fold
    ? frozenBetas(sized, selectRouters(sized, fold.layers ?? []), fold, options.report ?? (() => {}))
    : new Map();
  const exposed = options.exposeBeta ? exposeBetas(sized) : sized;
  return runPasses(exposed, [removeDeadNodes, freezeBetas(frozen), ...contextPasses(spec, options)]);
}

/** Cuts the document's region into patches where that is asked for. */
function contextPasses({ context }: ModelSpec, options: CompileOptions): readonly Pass[] {
  if (options.context !== "patch") return [];
  if (context?.kind !== "patch") throw new SmxcError([noPatchContext()]);
  return [patchify(context)];
}

/** The same through the passes, before it is lowered. */
export function prepareGraph(spec: ModelSpec, weights: TensorStore | undefined, options: CompileOptions = {}): Graph {
  return runPasses(referenceGraph(spec, weights, options), PASSES);
}

/** The inputs' shapes with the sizes that the options fix: the batch of every input, height and width of pictures. */
function inputShapes(spec: ModelSpec, graph: Graph, options: CompileOptions): ReadonlyMap<string, Shape> {
  const symbols = new Map<string, number>();
  const main = spec.inputs[0]!.shape;
  const spatial = main.length >= 4 ? ([main.at(-2)!, main.at(-1)!] as const) : undefined;
  const fix = (name: string, size: Size | undefined, declared: string | number | undefined): void => {
    if (size === undefined || size === "dynamic" || declared === undefined) return;
    if (typeof declared === "string") symbols.set(declared, size);
    else if (declared !== size) throw new SmxcError([errors.fixedSize(name, size, declared)]);
  };
  fix("batch", options.batch, main[0]);
  fix("height", options.height, spatial?.[0]);
  fix("width", options.width, spatial?.[1]);
  const substitute = (dim: Dim): Dim => (typeof dim === "number" ? dim : (symbols.get(dim.terms[0]!.atom) ?? dim));
  return new Map(graph.inputs.map((input) => [input.name, input.shape.map(substitute)]));
}
