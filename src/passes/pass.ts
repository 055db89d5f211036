import type { Graph } from "../ir/graph.js";

/** A rewrite of the graph that keeps what it computes. Returns the same object when nothing changed. */
export interface Pass {
  /** A verb phrase in kebab-case, e.g. `remove-dead-nodes`. */
  readonly name: string;
  readonly description: string;
  run(graph: Graph): Graph;
}
