import type { Graph, Node } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";

/**
 * A part of a graph as a graph of its own: what leads from some values to others. Values that are given and not needed
 * are no inputs of the part.
 */
export function cutGraph(graph: Graph, from: Iterable<string>, to: readonly string[]): Graph {
  const given = new Set(from);
  const needed = new Set(to);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.name) || given.has(node.name)) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const shapes = inferShapes(graph);
  return {
    name: `${graph.name} to ${to.join(", ")}`,
    inputs: [...given].filter((name) => needed.has(name)).map((name) => ({ name, shape: shapes.get(name)! })),
    constants: new Map([...graph.constants].filter(([name]) => needed.has(name))),
    nodes: nodes.reverse(),
    outputs: to.map((name) => ({ name, value: name })),
    betas: [],
  };
}
