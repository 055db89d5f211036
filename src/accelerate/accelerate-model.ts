/** A whole model in: sizes as asked for, an opset that smxc writes for, its islands compiled. */
import type { Compiled } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import { withKnownSizes } from "../frontends/onnx/batch/known-sizes.js";
import type { SourceRunner } from "../frontends/onnx/raise/gate.js";
import { type RaisedKernels, raiseKernels } from "../frontends/onnx/raise/raise-kernels.js";
import type { OpenedSizes } from "../frontends/onnx/sizes/open-sizes.js";
import { type ComputeConstant, SourceConstants } from "../frontends/onnx/source-constants.js";
import { onnxOpset } from "../frontends/onnx/source-nodes.js";
import type { Graph } from "../ir/graph.js";
import type { NotRaised } from "../onnx/convert/graph-raiser.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { type Accelerated, accelerate } from "./accelerate.js";
import type { BetaOptions } from "./betas.js";
import { withComputedSizes } from "./computed-sizes.js";
import type { AskedSizes } from "./fix-sizes.js";
import { asModern } from "./modern-ir.js";
import { type BatchOptions, batchOf, openModelBatch } from "./open-batch.js";
import { nameOf } from "./parts.js";
import type { AccelerateReport, BatchReport } from "./report.js";
import { sizeModel } from "./size-model.js";
import { withTrueDeclarations } from "./true-declarations.js";
import { inWritableOpset } from "./writable-opset.js";

export interface AccelerateOptions extends Omit<LoweringOptions, "opset">, BetaOptions {
  readonly sizes: AskedSizes;
  /** Absent: the source's, raised where smxc's nodes need it. */
  readonly opset?: number | "keep";
  /** Computes what depends on constants alone, of a model. */
  readonly computeIn?: (model: ModelWithGraph) => ComputeConstant;
  /** Runs a model, for the comparisons that decide whether its computed kernels are mixtures; absent: none is raised. */
  readonly runnerIn?: (model: ModelWithGraph) => SourceRunner;
}

export interface AcceleratedModel {
  /** The source with the sizes that were asked for: what the model is to compute. */
  readonly source: ModelWithGraph;
  /** The source with heights or widths opened that it fixes, before they are fixed anew; absent where none was opened. */
  readonly openedSizes?: OpenedSizes;
  readonly model: ModelWithGraph;
  /** The islands that were compiled. */
  readonly compiled: readonly Compiled[];
  /** Every island after its passes, those that stay too: what lowerings can be measured on. */
  readonly judged: readonly Graph[];
  /** Names of the outputs that show β, behind the source's. */
  readonly betas: readonly string[];
  /** Routers, by the names of their β, that choose one expert where the source mixes. */
  readonly hard: readonly string[];
  readonly report: AccelerateReport;
  readonly opset: { readonly from: number; readonly to: number };
  /** What keeps the model from an opset that smxc writes for. */
  readonly notRaised: readonly NotRaised[];
}

/**
 * Compiles the islands of a valid model that holds its external data. Where nothing gains, the model is the source, but for
 * the sizes that are asked for.
 *
 * @throws SmxcError `compile/fixed-size`, `compile/opset`, `compile/no-router`, `routing/not-allowed`; where β that are given do not fit
 */
export async function accelerateModel(
  given: ModelWithGraph,
  {
    sizes,
    opset,
    computeIn,
    runnerIn,
    exposeBeta = false,
    fold,
    hard = false,
    report: warn,
    ...lowering
  }: AccelerateOptions,
  schemas: SchemaRegistry,
): Promise<AcceleratedModel> {
  const source = withTrueDeclarations(given, schemas, warn);
  const { model: sized, opened: openedSizes, height, width } = sizeModel(source, sizes, schemas);
  const from = onnxOpset(source);
  const raised = inWritableOpset(sized, opset, schemas);
  const { notRaised } = raised;
  const model =
    computeIn === undefined ? raised.model : await withComputedSizes(raised.model, computeIn(raised.model), schemas);
  const batchOptions = { asked: sizes.batch, schemas, ...lowering };
  const betas: BetaOptions = { exposeBeta, hard, ...(fold ? { fold } : {}), ...(warn ? { report: warn } : {}) };
  const taken = async (whole: ModelWithGraph): Promise<Taken> => {
    const compute = computeIn?.(whole);
    const constants = new SourceConstants(whole, whole.graph, compute);
    const kernels: RaisedKernels =
      notRaised.length > 0 ? new Map() : await raiseKernels(whole, constants, schemas, runnerIn?.(whole));
    return takeIn(whole, kernels, { batch: batchOptions, betas }, (opened, own) =>
      accelerate(
        { model: opened, kernels: inOther(kernels, whole, opened), ...(compute === undefined ? {} : { compute }) },
        lowering,
        schemas,
        notRaised.length > 0
          ? "smxc writes nodes only for opset 17 and later, and this graph stays at an older one"
          : undefined,
        own,
      ),
    );
  };
  const { done, batch } = await openedFirst(model, batchOptions, taken);
  const isUnchanged = done.compiled.length === 0 && typeof opset !== "number";
  // A newer opset, and sizes that became constants, show more of what is declared wrongly.
  const written = isUnchanged
    ? await openedAlone(sized, batchOptions)
    : { model: withTrueDeclarations(done.model, schemas, warn), batch };
  return {
    ...done,
    source: sized,
    ...(openedSizes === undefined ? {} : { openedSizes }),
    report: { ...done.report, batch: fixedAsAsked(source, sized) ?? written.batch, height, width },
    model: written.model,
    opset: { from, to: onnxOpset(written.model) },
    notRaised,
  };
}

interface Taken {
  readonly done: Accelerated;
  readonly batch: BatchReport;
}

interface TakeOptions {
  readonly batch: BatchOptions;
  readonly betas: BetaOptions;
}

function takeIn(
  model: ModelWithGraph,
  kernels: RaisedKernels,
  { batch, betas }: TakeOptions,
  compiled: (opened: ModelWithGraph, betas: BetaOptions) => Accelerated,
): Taken {
  const opened = openModelBatch(model, kernels, batch);
  const first = compiled(opened.model, {});
  // A kernel of one sample that stays as it is serves no other batch.
  const raisedNames = new Set(
    [...kernels].flatMap(([index, kernel]) => ("reason" in kernel ? [] : [nameOf(model.graph.node[index]!)])),
  );
  const stays =
    opened.model === model
      ? undefined
      : first.report.kernels.find(({ node, became }) => became === "kept" && raisedNames.has(node));
  if (stays !== undefined)
    return { done: compiled(model, betas), batch: { became: "kept", reason: `${stays.node}: ${stays.reason}` } };
  const asksBetas = betas.exposeBeta === true || betas.fold !== undefined || betas.hard === true;
  return { done: asksBetas ? compiled(opened.model, betas) : first, batch: opened.report };
}

/**
 * What is made of a model with the sizes written down that it computes; where its batch stays, of the model as it is, and
 * why it stays.
 */
async function openedFirst<T extends { readonly batch: BatchReport }>(
  model: ModelWithGraph,
  { asked, schemas }: BatchOptions,
  make: (model: ModelWithGraph) => T | Promise<T>,
): Promise<T> {
  const isAsked = asked === undefined || asked === "dynamic";
  const known = isAsked && batchOf(model) === 1 ? withKnownSizes(model, schemas) : model;
  const made = await make(known);
  return known === model || made.batch.became !== "kept" ? made : { ...(await make(model)), batch: made.batch };
}

/** The source with an open batch and nothing else changed; the source where its batch stays. */
async function openedAlone(
  source: ModelWithGraph,
  options: BatchOptions,
): Promise<{ readonly model: ModelWithGraph; readonly batch: BatchReport }> {
  const modern = asModern(source);
  const opened = await openedFirst(modern, options, (whole) => {
    const { model, report } = openModelBatch(whole, new Map(), options);
    return { model, batch: report };
  });
  return opened.model === modern ? { ...opened, model: source } : opened;
}

/** What was raised, by positions in another model that has the same convolutions. */
function inOther(kernels: RaisedKernels, model: ModelWithGraph, other: ModelWithGraph): RaisedKernels {
  if (other === model) return kernels;
  const positions = new Map(other.graph.node.map(({ output }, index) => [output[0], index]));
  return new Map(
    [...kernels].flatMap(([index, kernel]) => {
      const position = positions.get(model.graph.node[index]!.output[0]);
      return position === undefined ? [] : [[position, kernel] as const];
    }),
  );
}

function fixedAsAsked(source: ModelWithGraph, sized: ModelWithGraph): BatchReport | undefined {
  const size = batchOf(sized);
  return batchOf(source) === undefined && size !== undefined
    ? { became: "kept", reason: `fixed to ${size}, as requested` }
    : undefined;
}
