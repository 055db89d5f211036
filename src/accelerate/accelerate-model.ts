/** A whole model in: sizes as asked for, an opset that smxc writes for, its islands compiled. */
import { error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import type { Compiled } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import type { SourceRunner } from "../frontends/onnx/raise/gate.js";
import { raiseKernels } from "../frontends/onnx/raise/raise-kernels.js";
import { type ComputeConstant, SourceConstants } from "../frontends/onnx/source-constants.js";
import { onnxOpset } from "../frontends/onnx/source-nodes.js";
import type { NotRaised } from "../onnx/convert/graph-raiser.js";
import { RAISED_OPSET, raiseOpset } from "../onnx/convert/raise-opset.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { accelerate } from "./accelerate.js";
import { type AskedSizes, fixSizes } from "./fix-sizes.js";
import { asModern } from "./modern-ir.js";
import { batchReport } from "./parts.js";
import type { AccelerateReport } from "./report.js";

export interface AccelerateOptions extends Omit<LoweringOptions, "opset"> {
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
  readonly model: ModelWithGraph;
  /** The islands that were compiled. */
  readonly compiled: readonly Compiled[];
  readonly report: AccelerateReport;
  readonly opset: { readonly from: number; readonly to: number };
  /** What keeps the model from an opset that smxc writes for. */
  readonly notRaised: readonly NotRaised[];
}

/**
 * Compiles the islands of a valid model that holds its external data. Where nothing gains, the model is the source, but for
 * the sizes that are asked for.
 *
 * @throws SmxcError `compile/fixed-size`, `compile/opset`
 */
export async function accelerateModel(
  source: ModelWithGraph,
  { sizes, opset, computeIn, runnerIn, ...lowering }: AccelerateOptions,
  schemas: SchemaRegistry,
): Promise<AcceleratedModel> {
  const sized: ModelWithGraph = { ...source, graph: fixSizes(source.graph, sizes) };
  const from = onnxOpset(source);
  const raised = raisedModel(sized, from, opset, schemas);
  const { model, notRaised } = raised;
  const runner = runnerIn?.(model);
  const compute = computeIn?.(model);
  const constants = new SourceConstants(model, model.graph, compute);
  const kernels = await raiseKernels(model, constants, schemas, runner);
  const done = accelerate(
    { model, kernels, ...(compute === undefined ? {} : { compute }) },
    lowering,
    schemas,
    notRaised.length > 0 ? "smxc writes nodes for opset 17 and later, and the file is not raised" : undefined,
  );
  const isAsked = typeof opset === "number";
  const unchanged = done.compiled.length === 0 && !isAsked;
  const written = unchanged ? sized : done.model;
  const batch = batchReport(source.graph, sized.graph);
  return {
    ...done,
    source: sized,
    report: { ...done.report, batch },
    model: written,
    opset: { from, to: onnxOpset(written) },
    notRaised,
  };
}

interface Raised {
  readonly model: ModelWithGraph;
  readonly notRaised: readonly NotRaised[];
}

function raisedModel(
  model: ModelWithGraph,
  from: number,
  asked: number | "keep" | undefined,
  schemas: SchemaRegistry,
): Raised {
  const to = typeof asked === "number" ? asked : Math.max(from, RAISED_OPSET);
  if (asked === "keep" && from < RAISED_OPSET)
    return { model, notRaised: [{ place: "opset_import", node: null, reason: `the opset ${from} is to be kept` }] };
  if (to === from) return { model, notRaised: [] };
  if (to < from || to > RAISED_OPSET) throw notThatOpset(from, to);
  const raised = raiseOpset(model, schemas, to);
  if ("model" in raised) return { model: asModern(raised.model as ModelWithGraph), notRaised: [] };
  if (asked === to) throw cannotRaise(to, raised.refused);
  return { model, notRaised: raised.refused };
}

function notThatOpset(from: number, to: number): SmxcError {
  const possible = from < RAISED_OPSET ? `${RAISED_OPSET} or keep` : "keep";
  return new SmxcError([
    error("compile/opset", `the graph is of opset ${from} and cannot be written in opset ${to}`, {
      ...remedy`compile with ${option("opset", possible)}`,
    }),
  ]);
}

function cannotRaise(to: number, refused: readonly NotRaised[]): SmxcError {
  return new SmxcError(
    refused.map(({ place, node, reason }) =>
      error("compile/opset", `the graph cannot be raised to opset ${to}: ${reason}`, {
        place: node === null ? place : `node "${node}"`,
        ...remedy`compile with ${option("opset", "keep")}`,
      }),
    ),
  );
}
