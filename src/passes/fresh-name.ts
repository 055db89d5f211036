import { freshName as freshNameIn } from "../base/fresh-name.js";
import type { Graph } from "../ir/graph.js";

/** A name for a new value that nothing in the graph has, nor what is about to join it. */
export function freshName(graph: Graph, wanted: string, joining: Iterable<string> = []): string {
  const taken = new Set([
    ...graph.constants.keys(),
    ...graph.nodes.map((node) => node.name),
    ...graph.inputs.map((input) => input.name),
    ...joining,
  ]);
  return freshNameIn(wanted, taken);
}
