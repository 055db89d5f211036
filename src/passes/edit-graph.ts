/** Small edits of graphs that passes are made of. */
import type { Graph, Node } from "../ir/graph.js";
import type { LazyTensor } from "../weights/tensor.js";

/** The graph with some nodes replaced by others of the same name, and some constants added. The same graph for no change. */
export function replaceNodes(
  graph: Graph,
  replacements: ReadonlyMap<string, Node>,
  constants: ReadonlyMap<string, LazyTensor>,
): Graph {
  if (replacements.size === 0 && constants.size === 0) return graph;
  return {
    ...graph,
    constants: new Map([...graph.constants, ...constants]),
    nodes: graph.nodes.map((node) => replacements.get(node.name) ?? node),
  };
}

/** The graph without some nodes: whatever reads one of them reads another value instead. */
export function bypassNodes(graph: Graph, bypass: ReadonlyMap<string, string>): Graph {
  if (bypass.size === 0) return graph;
  const final = (name: string): string => {
    const next = bypass.get(name);
    return next === undefined ? name : final(next);
  };
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => !bypass.has(node.name))
      .map((node) =>
        node.inputs.some((input) => bypass.has(input)) ? { ...node, inputs: node.inputs.map(final) } : node,
      ),
    outputs: graph.outputs.map((output) => ({ ...output, value: final(output.value) })),
  };
}

/** A name for a new constant that nothing in the graph has. */
export function freshName(graph: Graph, wanted: string): string {
  const taken = new Set([
    ...graph.constants.keys(),
    ...graph.nodes.map((node) => node.name),
    ...graph.inputs.map((input) => input.name),
  ]);
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}#${n}`;
  return name;
}
