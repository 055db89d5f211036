/** The compile of ONNX graphs, with the runtime at hand that its comparisons need. */
import {
  type AcceleratedModel,
  type AccelerateOptions,
  accelerateModel,
} from "../../src/accelerate/accelerate-model.js";
import { computeConstants, type OpenConstants } from "../../src/accelerate/compute-constants.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { graphRunner } from "./graph-runner.js";

/** Compiles one graph, each time in another way. @throws SmxcError as `accelerateModel` */
export type GraphCompiler = (options: Omit<AccelerateOptions, "computeIn" | "runnerIn">) => Promise<AcceleratedModel>;

/** The sizes of the source. */
export const KEPT_SIZES = { batch: "keep", height: "keep", width: "keep" } as const;

/** @param source valid, with its external data */
export async function graphCompiler(source: ModelWithGraph): Promise<GraphCompiler> {
  const schemas = await loadSchemas();
  const tools = {
    computeIn: (model: ModelWithGraph) => computeConstants(model, openConstants),
    runnerIn: graphRunner,
  };
  return (options) => accelerateModel(source, { ...options, ...tools }, schemas);
}

const openConstants: OpenConstants = async (bytes) => {
  const { createCpuSession } = await import("../../src/sessions/session-cpu-node.js");
  return (await createCpuSession({ name: "the graph's constants", bytes }, { optimization: "disabled" })).session;
};
