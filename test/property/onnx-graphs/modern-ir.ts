/** Models of old IR versions, as new nodes need them. */
import type { ModelProto } from "../../../src/onnx/graph/records.js";

/** The IR version that came with opset 17. */
const IR_VERSION = 8;
/** IR version since which an initializer need not be an input, and one that is an input is only a default. */
const DEFAULTS_SINCE = 4;

/**
 * The model in an IR version that knows opset 17. Before IR version 4 every initializer had to be listed as an input: those
 * leave the list, so that they stay the constants that they were.
 */
export function asModern(model: ModelProto): ModelProto {
  const version = Number(model.ir_version ?? 0);
  if (version >= IR_VERSION) return model;
  const modern = { ...model, ir_version: IR_VERSION };
  if (version >= DEFAULTS_SINCE) return modern;
  const graph = model.graph!;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return { ...modern, graph: { ...graph, input: graph.input.filter(({ name }) => !constants.has(name)) } };
}
