/** Tensors that are in the file: initializers and the values of Constant nodes. */

import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../graph/records.js";
import { constantOf } from "../infer/constant.js";
import { SmallValue } from "../infer/small-value.js";
import { plus, times } from "./figures.js";
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

export type Weights = ReadonlyMap<string, Weight>;

/** By name, of a model's graphs. */
export function weightsOf({ graph }: ModelProto): Weights {
  const weights = new Map<string, Weight>();
  if (graph !== undefined) addGraph(graph, weights);
  return weights;
}

/** By name, of the nodes of a function, whose names are its own. */
export function weightsOfFunction(nodes: readonly NodeProto[]): Weights {
  const weights = new Map<string, Weight>();
  for (const node of nodes) addNode(node, weights);
  return weights;
}

function addGraph({ initializer, sparse_initializer, node }: GraphProto, weights: Map<string, Weight>): void {
  for (const tensor of initializer) weights.set(tensor.name ?? "", weightOf(tensor));
  for (const { values, indices } of sparse_initializer) {
    if (values === undefined) continue;
    const [own, place] = [weightOf(values), indices === undefined ? 0 : weightOf(indices).bytes];
    weights.set(values.name ?? "", { ...own, bytes: plus(own.bytes, place) });
  }
  for (const each of node) addNode(each, weights);
}

function addNode(node: NodeProto, weights: Map<string, Weight>): void {
  for (const { name, t, g, graphs } of node.attribute) {
    if (node.op_type === "Constant" && name === "value" && t !== undefined)
      weights.set(node.output[0] ?? "", weightOf(t));
    for (const inner of g === undefined ? graphs : [g, ...graphs]) addGraph(inner, weights);
  }
}

function weightOf(tensor: TensorProto): Weight {
  // A size below 0 is none.
  const elements = tensor.dims.reduce<number>((total, dim) => times(total, Math.max(0, Number(dim))), 1);
  const value = elements === 1 ? SmallValue.from(constantOf(tensor))?.data[0] : undefined;
  return {
    elements,
    bytes: bytesOfElements(tensor.data_type, elements),
    isParameter: !NO_PARAMETERS.has(tensor.data_type ?? 0),
    value: value !== undefined && Number.isInteger(value) ? value : null,
  };
}
