/** The names of values in a graph and in its sub-graphs. */
import type { AttributeProto, GraphProto, NodeProto } from "../graph/records.js";

/** The names that a node reads, those that its sub-graphs read from the graph around included; each once. */
export function namesRead(node: NodeProto): ReadonlySet<string> {
  const names = new Set(node.input);
  for (const graph of subgraphs(node)) for (const name of readFromAround(graph)) names.add(name);
  names.delete("");
  return names;
}

/** A name that a sub-graph defines itself may be that of a value of the graph around that is made later. */
function readFromAround({ input, initializer, sparse_initializer, node, output }: GraphProto): ReadonlySet<string> {
  const own = new Set([...input, ...initializer].map(({ name = "" }) => name));
  for (const { values } of sparse_initializer) own.add(values?.name ?? "");
  const read = new Set<string>();
  for (const inner of node) {
    for (const name of namesRead(inner)) if (!own.has(name)) read.add(name);
    for (const name of inner.output) own.add(name);
  }
  for (const { name = "" } of output) if (!own.has(name)) read.add(name);
  return read;
}

/** All names of values and nodes in a graph and below it. */
export function allNames(graph: GraphProto): Set<string> {
  const names = new Set<string>();
  collectAll(graph, names);
  return names;
}

function collectAll(graph: GraphProto, names: Set<string>): void {
  for (const { name = "" } of [...graph.input, ...graph.output, ...graph.initializer, ...graph.value_info])
    names.add(name);
  for (const { values } of graph.sparse_initializer) names.add(values?.name ?? "");
  for (const node of graph.node) {
    for (const name of [node.name ?? "", ...node.input, ...node.output]) names.add(name);
    for (const inner of subgraphs(node)) collectAll(inner, names);
  }
}

export function subgraphs({ attribute }: NodeProto): readonly GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}

/** The graph with other names for its values and nodes, in its sub-graphs too. */
export function renamed(graph: GraphProto, nameOf: (name: string) => string): GraphProto {
  const named = <T extends { readonly name: string | undefined }>(item: T): T =>
    item.name === undefined ? item : { ...item, name: nameOf(item.name) };
  return {
    ...graph,
    input: graph.input.map(named),
    output: graph.output.map(named),
    value_info: graph.value_info.map(named),
    initializer: graph.initializer.map(named),
    sparse_initializer: graph.sparse_initializer.map((sparse) => ({
      ...sparse,
      values: sparse.values && named(sparse.values),
    })),
    node: graph.node.map((node) => ({
      ...named(node),
      input: node.input.map(nameOf),
      output: node.output.map(nameOf),
      attribute: node.attribute.map((attribute) => renamedAttribute(attribute, nameOf)),
    })),
  };
}

function renamedAttribute(attribute: AttributeProto, nameOf: (name: string) => string): AttributeProto {
  const { g, graphs } = attribute;
  if (g === undefined && graphs.length === 0) return attribute;
  return { ...attribute, g: g && renamed(g, nameOf), graphs: graphs.map((graph) => renamed(graph, nameOf)) };
}
