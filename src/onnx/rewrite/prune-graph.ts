import type { AttributeProto, GraphProto, NodeProto } from "../graph/records.js";

/** The graph without nodes, initializers and value infos that no output needs, in its bodies too. */
export function pruneGraph(graph: GraphProto): GraphProto {
  const needed = new Set(graph.output.map((output) => output.name));
  const kept: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((output) => needed.has(output))) continue;
    const pruned = withPrunedBodies(node);
    kept.push(pruned);
    for (const name of namesReadBy(pruned)) needed.add(name);
  }
  const defined = new Set<string | undefined>(kept.flatMap((node) => node.output));
  return {
    ...graph,
    node: kept.reverse(),
    initializer: graph.initializer.filter((initializer) => needed.has(initializer.name)),
    value_info: graph.value_info.filter((info) => defined.has(info.name)),
  };
}

function withPrunedBodies(node: NodeProto): NodeProto {
  if (!node.attribute.some(hasBody)) return node;
  const attribute = node.attribute.map((each) => ({
    ...each,
    g: each.g && pruneGraph(each.g),
    graphs: each.graphs.map(pruneGraph),
  }));
  return { ...node, attribute };
}

function hasBody({ g, graphs }: AttributeProto): boolean {
  return g !== undefined || graphs.length > 0;
}

function bodiesOf({ g, graphs }: AttributeProto): readonly GraphProto[] {
  return g === undefined ? graphs : [g, ...graphs];
}

/** Names that a node reads, those that its bodies read from outside included. */
function namesReadBy(node: NodeProto): readonly string[] {
  if (!node.attribute.some(hasBody)) return node.input;
  const bodies = node.attribute.flatMap(bodiesOf);
  const inner = bodies.flatMap((body) => [
    ...body.node.flatMap(namesReadBy),
    ...body.output.map(({ name = "" }) => name),
  ]);
  return [...node.input, ...inner];
}
