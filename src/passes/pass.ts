import type { Graph } from "../ir/graph.js";

/** What a pass did at one node, or why it left it as it was. */
export interface PassStep {
  /** Name of the pass. */
  readonly pass: string;
  readonly node: string;
  /** Absent where the node was rewritten. */
  readonly declined?: string;
}

export type PassReport = (step: PassStep) => void;

/** A rewrite of the graph that keeps what it computes. Returns the same object when nothing changed. */
export interface Pass {
  /** A verb phrase in kebab-case, e.g. `remove-dead-nodes`. */
  readonly name: string;
  /** What the graph gains. */
  readonly why: string;
  run(graph: Graph, report: PassReport): Graph;
}
