import type { ModelProto } from "../graph/records.js";
import { Place } from "../place.js";
import type { SchemaRegistry } from "../schemas/registry.js";
import { CallBudget } from "./call-budget.js";
import { CallMemory } from "./call-memory.js";
import { GraphInference } from "./graph-inference.js";
import { callId, type InferenceListener } from "./setting.js";
import type { TypeInfo } from "./type-info.js";

export interface InferModelOptions {
  readonly listener?: InferenceListener;
  /** Follows sizes through integer arithmetic on shapes; off, it infers what full_check does. Default true. */
  readonly propagates?: boolean;
  /**
   * For estimates: follows values of small tensors too, so that sizes which are computed by any arithmetic are known
   * once the inputs' are, and takes the first turn of a Scan for all of them. What it finds is no proof. Default false.
   */
  readonly estimates?: boolean;
  /** Types of inputs of the main graph, by position, where they are more than is declared. */
  readonly inputs?: readonly (TypeInfo | null)[];
}

/**
 * Types of all values of a model's main graph: what is declared, completed by what follows. The model must be valid.
 * Symbols (`dim_param`) are kept; dimensions that nothing is known of are null.
 */
export function inferModel(
  model: ModelProto,
  schemas: SchemaRegistry,
  options: InferModelOptions = {},
): ReadonlyMap<string, TypeInfo> {
  const { graph } = model;
  if (graph === undefined) return new Map();
  const setting = {
    schemas,
    functions: new Map(model.functions.map((fn) => [callId(fn.domain, fn.name, fn.overload), fn])),
    irVersion: Number(model.ir_version ?? 0),
    listener: options.listener ?? {},
    propagates: options.propagates ?? true,
    estimates: options.estimates ?? false,
    budget: new CallBudget(),
    memory: options.listener?.visited === undefined ? new CallMemory() : null,
  };
  const opsets = new Map(model.opset_import.map(({ domain = "", version = 0 }) => [domain, Number(version)]));
  const inference = new GraphInference(setting, opsets, null, { calls: [], depth: 0, isDoubtful: false });
  inference.inferGraph(graph, Place.root("graph"), options.inputs ?? []);
  return new Map(inference.types.entries());
}
