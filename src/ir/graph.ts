/**
 * The intermediate representation: a directed acyclic graph of operators on real-valued tensors. Every node defines one
 * value, which has the node's name. β, the weights that mix experts, is a value like any other.
 */

import type { LazyTensor } from "../tensors/tensor.js";
import type { Shape } from "./dim.js";
import type { OpAttributes, OpName } from "./ops/index.js";

/** Where in the model document a node comes from. */
export interface Origin {
  /** Name of the layer. */
  readonly layer: string;
  /** JSON pointer of the layer, e.g. `/layers/3`. */
  readonly pointer: string;
}

/** A node of one operator. */
interface OneNode<Op extends OpName> {
  readonly op: Op;
  /** Unique in the graph; also the name of the value that the node defines. */
  readonly name: string;
  /** Names of values: graph inputs, constants, or other nodes. */
  readonly inputs: readonly string[];
  readonly attributes: OpAttributes[Op];
  readonly origin: Origin;
}

export type Node = { [Op in OpName]: OneNode<Op> }[OpName];

/** The nodes of some operators: `NodeOf<"conv" | "mix_conv">`. */
export type NodeOf<Op extends OpName> = Extract<Node, { readonly op: Op }>;

export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
}

/** A value that callers see, under its public name. */
export interface GraphOutput {
  readonly name: string;
  readonly value: string;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly constants: ReadonlyMap<string, LazyTensor>;
  /** In an order in which every node follows those it reads. */
  readonly nodes: readonly Node[];
  readonly outputs: readonly GraphOutput[];
  /** Every β of the network, before roots and hard choices, under its public name `beta.<layer>`. */
  readonly betas: readonly GraphOutput[];
}

/** The nodes that read each value. */
export function consumers(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}
