import type { OnnxGraph, OnnxNode } from "../model.js";

/** The graph without nodes, initializers and value infos that no output needs, in its bodies too. */
export function pruneGraph(graph: OnnxGraph): OnnxGraph {
  const needed = new Set(graph.output.map((output) => output.name));
  const kept: OnnxNode[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((output) => needed.has(output))) continue;
    const pruned = withPrunedBodies(node);
    kept.push(pruned);
    for (const name of namesReadBy(pruned)) needed.add(name);
  }
  const defined = new Set(kept.flatMap((node) => node.output));
  return {
    ...graph,
    node: kept.reverse(),
    initializer: graph.initializer.filter((initializer) => needed.has(initializer.name)),
    value_info: graph.value_info.filter((info) => defined.has(info.name)),
  };
}

function withPrunedBodies(node: OnnxNode): OnnxNode {
  const entries = Object.entries(node.attribute);
  if (!entries.some(([, attribute]) => attribute.type === "GRAPH")) return node;
  return {
    ...node,
    attribute: Object.fromEntries(
      entries.map(([name, attribute]) => [
        name,
        attribute.type === "GRAPH" ? { ...attribute, value: pruneGraph(attribute.value) } : attribute,
      ]),
    ),
  };
}

/** Names that a node reads, those that its bodies read from outside included. */
function namesReadBy(node: OnnxNode): readonly string[] {
  const inner = Object.values(node.attribute).flatMap((attribute) =>
    attribute.type === "GRAPH"
      ? [...attribute.value.node.flatMap(namesReadBy), ...attribute.value.output.map((output) => output.name)]
      : [],
  );
  return [...node.input, ...inner];
}
