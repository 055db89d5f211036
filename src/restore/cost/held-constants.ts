/** Compiled graphs as their sizes can be followed: small constants are made when a graph is written, and sizes depend on them. */
import { HeldBytes } from "../../onnx/graph/blob.js";
import type { ModelProto, TensorProto } from "../../onnx/graph/records.js";

/** Bytes of a constant up to which it may be of a size. */
const SMALL = 2 ** 15;

export async function withHeldConstants(model: ModelProto): Promise<ModelProto> {
  const { graph } = model;
  if (graph === undefined) return model;
  return { ...model, graph: { ...graph, initializer: await Promise.all(graph.initializer.map(held)) } };
}

async function held(tensor: TensorProto): Promise<TensorProto> {
  const { raw_data } = tensor;
  if (raw_data === undefined || raw_data.bytes !== null || raw_data.length > SMALL) return tensor;
  return { ...tensor, raw_data: new HeldBytes(await raw_data.read()) };
}
