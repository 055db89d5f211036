/** All parts of a model with their places, sub-graphs and functions included. */

import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from "../graph/records.js";
import { Place } from "../place.js";

/** `fn` is the function that the part is in; null in the main graph and below it. */
export interface Visitor {
  graph?(graph: GraphProto, place: Place, outer: readonly GraphProto[], fn: FunctionProto | null): void;
  function?(fn: FunctionProto, place: Place): void;
  node?(node: NodeProto, place: Place, fn: FunctionProto | null): void;
  attribute?(attribute: AttributeProto, place: Place, fn: FunctionProto | null): void;
  /** Values of sparse tensors are not dense tensors: they come as `sparse` only. */
  tensor?(tensor: TensorProto, place: Place): void;
  sparse?(tensor: SparseTensorProto, place: Place): void;
}

export function walkModel(model: ModelProto, visitor: Visitor): void {
  const walker = new Walker(visitor);
  if (model.graph !== undefined) walker.graph(model.graph, Place.root("graph"), [], null);
  for (const [i, fn] of model.functions.entries()) {
    const place = Place.root("model").item("functions", i, fn.name);
    visitor.function?.(fn, place);
    walker.nodes(fn.node, place, [], fn);
  }
}

class Walker {
  constructor(private readonly visitor: Visitor) {}

  graph(graph: GraphProto, place: Place, outer: readonly GraphProto[], fn: FunctionProto | null): void {
    this.visitor.graph?.(graph, place, outer, fn);
    for (const [i, tensor] of graph.initializer.entries()) {
      this.visitor.tensor?.(tensor, place.item("initializer", i, tensor.name));
    }
    for (const [i, sparse] of graph.sparse_initializer.entries()) {
      this.visitor.sparse?.(sparse, place.item("sparse_initializer", i, sparse.values?.name));
    }
    this.nodes(graph.node, place, [...outer, graph], fn);
  }

  nodes(nodes: readonly NodeProto[], place: Place, outer: readonly GraphProto[], fn: FunctionProto | null): void {
    for (const [i, node] of nodes.entries()) {
      const at = place.item("node", i, node.name);
      this.visitor.node?.(node, at, fn);
      for (const attribute of node.attribute) {
        this.attribute(attribute, at.named("attribute", attribute.name ?? ""), outer, fn);
      }
    }
  }

  private attribute(
    attribute: AttributeProto,
    place: Place,
    outer: readonly GraphProto[],
    fn: FunctionProto | null,
  ): void {
    this.visitor.attribute?.(attribute, place, fn);
    const { t, g, sparse_tensor, tensors, graphs, sparse_tensors } = attribute;
    if (t !== undefined) this.visitor.tensor?.(t, place);
    if (sparse_tensor !== undefined) this.visitor.sparse?.(sparse_tensor, place);
    for (const [i, tensor] of tensors.entries()) this.visitor.tensor?.(tensor, place.item("tensors", i));
    for (const [i, tensor] of sparse_tensors.entries()) this.visitor.sparse?.(tensor, place.item("sparse_tensors", i));
    if (g !== undefined) this.graph(g, place, outer, fn);
    for (const [i, graph] of graphs.entries()) this.graph(graph, place.item("graphs", i), outer, fn);
  }
}
