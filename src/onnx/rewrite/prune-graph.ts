import type { AttributeProto, GraphProto, NodeProto } from "../graph/records.js";
import { namesRead } from "./names.js";

/** The graph without nodes, initializers and value infos that no output needs, in its bodies too. */
export function pruneGraph(graph: GraphProto): GraphProto {
  const needed = new Set(graph.output.map((output) => output.name));
  const kept: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((output) => needed.has(output))) continue;
    const pruned = withPrunedBodies(node);
    kept.push(pruned);
    for (const name of namesRead(pruned)) needed.add(name);
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
