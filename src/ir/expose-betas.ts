import type { Graph } from "./graph.js";

/** The graph with every β as a further output [N, experts, cardinals], named `beta.<layer>`. */
export function exposeBetas(graph: Graph): Graph {
  const shown = new Set(graph.outputs.map((output) => output.name));
  return { ...graph, outputs: [...graph.outputs, ...graph.betas.filter((beta) => !shown.has(beta.name))] };
}
