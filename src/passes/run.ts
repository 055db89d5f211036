import type { Graph } from "../ir/graph.js";
import { verifyGraph } from "../ir/verify.js";
import type { Pass, PassReport } from "./pass.js";

/** Runs passes in order and verifies the graph after each that changed it. */
export function runPasses(graph: Graph, passes: readonly Pass[], report: PassReport = () => {}): Graph {
  return passes.reduce((before, pass) => {
    const after = pass.run(before, report);
    if (after !== before) verifyGraph(after, `the pass ${pass.name}`);
    return after;
  }, graph);
}
