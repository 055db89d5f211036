/** Declared types as runtimes take them: sizes below 1, which older converters wrote for open ones, are open. */

import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TensorShapeProto,
  TypeProto,
  ValueInfoProto,
} from "./graph/records.js";
import { isTensor, type TypeInfo } from "./infer/type-info.js";

/** No tensor has more; a file that says so would make each node cost as many again. */
const MOST_DIMENSIONS = 64;

export function withOpenSizes(model: ModelProto): ModelProto {
  return {
    ...model,
    graph: model.graph && inGraph(model.graph),
    functions: model.functions.map((fn) => ({
      ...fn,
      node: fn.node.map(inNode),
      value_info: fn.value_info.map(inValue),
    })),
  };
}

/** What is known of a type that was inferred: sizes below 1, and such as no memory holds, are not. */
export function withKnownSizes(type: TypeInfo | null): TypeInfo | null {
  if (type === null || !isTensor(type) || type.shape === null) return type;
  if (type.shape.length > MOST_DIMENSIONS) return { ...type, shape: null };
  const isOdd = type.shape.some((dim) => typeof dim === "number" && !isSize(dim));
  return isOdd
    ? { ...type, shape: type.shape.map((dim) => (typeof dim === "number" && !isSize(dim) ? null : dim)) }
    : type;
}

function isSize(dim: number): boolean {
  return dim >= 1 && Number.isSafeInteger(dim);
}

function inGraph(graph: GraphProto): GraphProto {
  return {
    ...graph,
    node: graph.node.map(inNode),
    input: graph.input.map(inValue),
    output: graph.output.map(inValue),
    initializer: graph.initializer.filter(isKnown),
    value_info: graph.value_info.map(inValue),
  };
}

function inNode(node: NodeProto): NodeProto {
  const hasGraphs = node.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0);
  const isOdd = hasGraphs || node.attribute.some(({ t }) => t !== undefined && !isKnown(t));
  return isOdd ? { ...node, attribute: node.attribute.map(inAttribute) } : node;
}

function inAttribute(attribute: AttributeProto): AttributeProto {
  const t = attribute.t && isKnown(attribute.t) ? attribute.t : undefined;
  return { ...attribute, t, g: attribute.g && inGraph(attribute.g), graphs: attribute.graphs.map(inGraph) };
}

function isKnown({ dims }: TensorProto): boolean {
  return dims.length <= MOST_DIMENSIONS;
}

function inValue(value: ValueInfoProto): ValueInfoProto {
  return value.type === undefined ? value : { ...value, type: inType(value.type) };
}

function inType(type: TypeProto): TypeProto {
  const { tensor_type, sparse_tensor_type, sequence_type, optional_type, map_type } = type;
  return {
    ...type,
    tensor_type: tensor_type && { ...tensor_type, shape: inShape(tensor_type.shape) },
    sparse_tensor_type: sparse_tensor_type && { ...sparse_tensor_type, shape: inShape(sparse_tensor_type.shape) },
    sequence_type: sequence_type && {
      ...sequence_type,
      elem_type: sequence_type.elem_type && inType(sequence_type.elem_type),
    },
    optional_type: optional_type && {
      ...optional_type,
      elem_type: optional_type.elem_type && inType(optional_type.elem_type),
    },
    map_type: map_type && { ...map_type, value_type: map_type.value_type && inType(map_type.value_type) },
  };
}

function inShape(shape: TensorShapeProto | undefined): TensorShapeProto | undefined {
  if (shape === undefined || shape.dim.length > MOST_DIMENSIONS) return undefined;
  const dim = shape.dim.map((each) =>
    each.dim_value !== undefined && !isSize(Number(each.dim_value)) ? { ...each, dim_value: undefined } : each,
  );
  return { ...shape, dim };
}
