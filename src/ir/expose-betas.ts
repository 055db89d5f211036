import type { Graph } from "./graph.js";

/** The public name of a router's β: `beta.<layer>`, where the layer is the one that it routes. */
export function betaName(route: string): string {
  return `beta.${route.replace(/\.beta$/, "")}`;
}

/** The graph with every router's β as a further output [N, experts, cardinals]. */
export function exposeBetas(graph: Graph): Graph {
  const shown = new Set(graph.outputs.map((output) => output.value));
  const betas = graph.nodes.filter((node) => node.op === "route" && !shown.has(node.name));
  return { ...graph, outputs: [...graph.outputs, ...betas.map((node) => ({ name: betaName(node.name), value: node.name }))] };
}
