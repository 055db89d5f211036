/** β among the values of a run. */
import type { Graph } from "../ir/graph.js";
import type { Tensor } from "../sessions/session.js";
import type { RunOptions } from "./restorer.js";

const PREFIX = "beta.";

/** Tells a caller who asked of the β among a graph's outputs. */
export function reportBetas(outputs: ReadonlyMap<string, Tensor>, onBetas: RunOptions["onBetas"]): void {
  if (onBetas === undefined) return;
  const betas = new Map([...outputs].filter(([name]) => name.startsWith(PREFIX)));
  if (betas.size > 0) onBetas(betas);
}

/** The outputs of a network that are β and are computed inside a part of it. */
export function betasInside(network: Graph, part: Graph): Graph["outputs"] {
  const inside = new Set(part.nodes.map(({ name }) => name));
  return network.outputs.filter(({ name, value }) => name.startsWith(PREFIX) && inside.has(value));
}
