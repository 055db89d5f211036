/** Declared sizes of a value, changed axis by axis. */
import type { Message, ValueInfoProto } from "../graph/records.js";

export type Dimension = Message<"TensorShapeProto.Dimension">;

/** The value as it is where its rank is not declared. */
export function withDims(info: ValueInfoProto, change: (dim: Dimension, axis: number) => Dimension): ValueInfoProto {
  const tensor = info.type?.tensor_type;
  if (tensor?.shape === undefined) return info;
  const dim = tensor.shape.dim.map(change);
  return { ...info, type: { ...info.type!, tensor_type: { ...tensor, shape: { ...tensor.shape, dim } } } };
}
