/** All parts of a model with their places, sub-graphs and functions included. */
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from "../proto/records.js";
import { Place } from "./place.js";

export interface Visitor {
  graph?(graph: GraphProto, place: Place, outer: readonly GraphProto[]): void;
  node?(node: NodeProto, place: Place): void;
  attribute?(attribute: AttributeProto, place: Place, inFunction: boolean): void;
  /** Values of sparse tensors are not dense tensors: they come as `sparse` only. */
  tensor?(tensor: TensorProto, place: Place): void;
  sparse?(tensor: SparseTensorProto, place: Place): void;
}

export function walkModel(model: ModelProto, visitor: Visitor): void {
  const walker = new Walker(visitor);
  if (model.graph !== undefined) walker.graph(model.graph, Place.root("graph"), [], false);
  for (const [i, fn] of model.functions.entries()) {
    walker.nodes(fn.node, Place.root("model").item("functions", i, fn.name), [], true);
  }
}

class Walker {
  constructor(private readonly visitor: Visitor) {}

  graph(graph: GraphProto, place: Place, outer: readonly GraphProto[], inFunction: boolean): void {
    this.visitor.graph?.(graph, place, outer);
    for (const [i, tensor] of graph.initializer.entries()) {
      this.visitor.tensor?.(tensor, place.item("initializer", i, tensor.name));
    }
    for (const [i, sparse] of graph.sparse_initializer.entries()) {
      this.visitor.sparse?.(sparse, place.item("sparse_initializer", i, sparse.values?.name));
    }
    this.nodes(graph.node, place, [...outer, graph], inFunction);
  }

  nodes(nodes: readonly NodeProto[], place: Place, outer: readonly GraphProto[], inFunction: boolean): void {
    for (const [i, node] of nodes.entries()) {
      const at = place.item("node", i, node.name);
      this.visitor.node?.(node, at);
      for (const attribute of node.attribute) {
        this.attribute(attribute, at.named("attribute", attribute.name ?? ""), outer, inFunction);
      }
    }
  }

  private attribute(attribute: AttributeProto, place: Place, outer: readonly GraphProto[], inFunction: boolean): void {
    this.visitor.attribute?.(attribute, place, inFunction);
    const { t, g, sparse_tensor, tensors, graphs, sparse_tensors } = attribute;
    if (t !== undefined) this.visitor.tensor?.(t, place);
    if (sparse_tensor !== undefined) this.visitor.sparse?.(sparse_tensor, place);
    for (const [i, tensor] of tensors.entries()) this.visitor.tensor?.(tensor, place.item("tensors", i));
    for (const [i, tensor] of sparse_tensors.entries()) this.visitor.sparse?.(tensor, place.item("sparse_tensors", i));
    if (g !== undefined) this.graph(g, place, outer, inFunction);
    for (const [i, graph] of graphs.entries()) this.graph(graph, place.item("graphs", i), outer, inFunction);
  }
}
