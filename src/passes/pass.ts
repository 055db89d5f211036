import type { Graph } from "../ir/graph.js";

/** Why a node is left as it is. */
export interface Decline {
  /** The reason; it names nothing of the graph, so that nodes that are left for the same one can be shown together. */
  readonly declined: string;
  /** The values or nodes by which it holds, where there are some. */
  readonly because?: readonly string[];
}

/** What a pass did at one node, or why it left it as it was: nothing is declined where the node was rewritten. */
export interface PassStep extends Partial<Decline> {
  /** Name of the pass. */
  readonly pass: string;
  readonly node: string;
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
