/** The batch of a model as a compile asks for it. */
import { error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import type { LoweringOptions } from "../compile-options.js";
import { type OpenedBatch, openBatch } from "../frontends/onnx/batch/open-batch.js";
import type { BatchRefusal } from "../frontends/onnx/batch/prover.js";
import type { RaisedKernels } from "../frontends/onnx/raise/raise-kernels.js";
import { TARGET_PROFILES } from "../lowerings/targets.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import type { AskedSize } from "./fix-sizes.js";
import { type BatchReport, LEFT_OPEN } from "./report.js";

export interface BatchOptions extends Pick<LoweringOptions, "target" | "portable"> {
  /** Absent: open where it is proven. */
  readonly asked: AskedSize | undefined;
  readonly schemas: SchemaRegistry;
}

export interface ModelBatch {
  readonly model: ModelWithGraph;
  readonly report: BatchReport;
}

/**
 * Opens the batch of a model of one sample, where it is asked for or proven.
 *
 * @param kernels what convolutions with computed kernels are taken for
 * @throws SmxcError `compile/batch` where it is asked for and cannot be had
 */
export function openModelBatch(model: ModelWithGraph, kernels: RaisedKernels, options: BatchOptions): ModelBatch {
  const { asked, schemas } = options;
  const fixed = batchOf(model);
  if (fixed === undefined) return { model, report: { became: "open", reason: LEFT_OPEN } };
  if (asked !== undefined && asked !== "dynamic") return { model, report: keptAt(fixed) };
  if (fixed !== 1) {
    const refusal = {
      node: model.graph.input[0]?.name ?? "",
      reason: `the source fixes it to ${fixed}; only a batch of 1 can become dynamic`,
    };
    return refused(model, refusal, options);
  }
  const mayScan = asked === "dynamic" && !options.portable && TARGET_PROFILES[options.target ?? "cpu"].controlFlow;
  const opened = openBatch(model, schemas, readsOf(model, kernels), mayScan);
  return "model" in opened ? { model: opened.model, report: openText(opened) } : refused(model, opened, options);
}

/** The first size of the main input; undefined where it is open. */
export function batchOf({ graph }: ModelWithGraph): number | undefined {
  const defaults = new Set(graph.initializer.map(({ name }) => name));
  const main = graph.input.find(({ name }) => !defaults.has(name));
  const dim = main?.type?.tensor_type?.shape?.dim[0]?.dim_value;
  return dim === undefined || Number(dim) < 1 ? undefined : Number(dim);
}

export function keptAt(fixed: number): BatchReport {
  return { became: "kept", reason: `the source fixes it to ${fixed}` };
}

/** What convolutions read that mix a kernel for each sample: the picture, and what weighs the experts. */
function readsOf({ graph }: ModelWithGraph, kernels: RaisedKernels): ReadonlyMap<number, ReadonlySet<string>> {
  return new Map(
    [...kernels].flatMap(([index, kernel]) =>
      "reason" in kernel
        ? []
        : [[index, new Set([graph.node[index]!.input[0]!, ...kernel.factors.map(({ name }) => name)])] as const],
    ),
  );
}

function openText({ scanned: [first] }: OpenedBatch): BatchReport {
  return first === undefined
    ? { became: "open", reason: "every node treats the samples separately" }
    : { became: "scan", reason: `${first.node} and the nodes that depend on it run sample by sample: ${first.reason}` };
}

function refused(model: ModelWithGraph, { node, reason }: BatchRefusal, { asked }: BatchOptions): ModelBatch {
  if (asked === undefined) return { model, report: { became: "kept", reason: `${node}: ${reason}` } };
  throw new SmxcError([
    error("compile/batch", `the batch cannot be dynamic: ${reason}`, {
      place: `node "${node}"`,
      ...remedy`keep it with ${option("batch", "keep")}, or export the network with a dynamic batch`,
    }),
  ]);
}
