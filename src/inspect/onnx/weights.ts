/** Tensors that are in the file: initializers and the values of Constant nodes. */
import { constantOf } from "../../onnx/infer/constant.js";
import { SmallValue } from "../../onnx/infer/small-value.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../../onnx/proto/records.js";
import { bytesOfElements } from "./memory.js";

export interface Weight {
  readonly elements: number;
  readonly bytes: number;
  /** Whether it is of a type that is learnt or quantized; sizes, indices, conditions and texts are not. */
  readonly isParameter: boolean;
  /** Of an integer scalar. */
  readonly value: number | null;
}

/** INT64, STRING, BOOL, UINT32 and UINT64. */
const NO_PARAMETERS: ReadonlySet<number> = new Set([7, 8, 9, 12, 13]);

/** By name, of all graphs and functions of a model; where a name is used twice, the first. */
export function weightsOf(model: ModelProto): ReadonlyMap<string, Weight> {
  const weights = new Map<string, Weight>();
  const add = (name: string | undefined, weight: Weight): void => {
    if (name && !weights.has(name)) weights.set(name, weight);
  };
  const addNode = (node: NodeProto): void => {
    for (const { name, t, g, graphs } of node.attribute) {
      if (node.op_type === "Constant" && name === "value" && t !== undefined) add(node.output[0], weightOf(t));
      for (const inner of g === undefined ? graphs : [g, ...graphs]) addGraph(inner);
    }
  };
  const addGraph = (graph: GraphProto): void => {
    for (const tensor of graph.initializer) add(tensor.name, weightOf(tensor));
    for (const { values, indices } of graph.sparse_initializer) {
      if (values === undefined) continue;
      const [own, place] = [weightOf(values), indices === undefined ? 0 : weightOf(indices).bytes];
      add(values.name, { ...own, bytes: own.bytes + place });
    }
    for (const node of graph.node) addNode(node);
  };
  if (model.graph !== undefined) addGraph(model.graph);
  for (const fn of model.functions) for (const node of fn.node) addNode(node);
  return weights;
}

function weightOf(tensor: TensorProto): Weight {
  const elements = tensor.dims.reduce<number>((total, dim) => total * Number(dim), 1);
  const value = elements === 1 ? SmallValue.from(constantOf(tensor))?.data[0] : undefined;
  return {
    elements,
    bytes: bytesOfElements(tensor.data_type, elements),
    isParameter: !NO_PARAMETERS.has(tensor.data_type ?? 0),
    value: value !== undefined && Number.isInteger(value) ? value : null,
  };
}
