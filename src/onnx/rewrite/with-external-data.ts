/** A model whose external data is part of it, so that it can be written to another place. */
import type { ByteSource } from "../../base/bytes/byte-source.js";
import { externalRange } from "../external-range.js";
import { FileBytes } from "../graph/blob.js";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "../graph/records.js";

/**
 * @param fileOf the data file of a location; what is not checked to be there may not be asked for
 * @throws RangeError where a tensor lies outside its file, which the rules of `check` find before
 */
export function withExternalData(
  model: ModelProto,
  fileOf: (location: string) => Pick<ByteSource, "size" | "read">,
): ModelProto {
  const tensorOf = (tensor: TensorProto): TensorProto => {
    const range = externalRange(tensor);
    if (range === null) return tensor;
    const file = fileOf(range.location);
    const length = range.length ?? file.size - range.offset;
    if (length < 0 || range.offset + length > file.size) throw new RangeError(`${tensor.name} lies outside its file`);
    const raw_data = new FileBytes(file, range.offset, length, null);
    return { ...tensor, raw_data, external_data: [], data_location: undefined };
  };
  const attributeOf = (attribute: AttributeProto): AttributeProto => {
    const { t, tensors, g, graphs } = attribute;
    if (t === undefined && tensors.length === 0 && g === undefined && graphs.length === 0) return attribute;
    return {
      ...attribute,
      t: t && tensorOf(t),
      tensors: tensors.map(tensorOf),
      g: g && graphOf(g),
      graphs: graphs.map(graphOf),
    };
  };
  const nodeOf = (node: NodeProto): NodeProto =>
    node.attribute.length === 0 ? node : { ...node, attribute: node.attribute.map(attributeOf) };
  const graphOf = (graph: GraphProto): GraphProto => ({
    ...graph,
    initializer: graph.initializer.map(tensorOf),
    node: graph.node.map(nodeOf),
  });
  return {
    ...model,
    graph: model.graph && graphOf(model.graph),
    functions: model.functions.map((fn) => ({ ...fn, node: fn.node.map(nodeOf) })),
  };
}
