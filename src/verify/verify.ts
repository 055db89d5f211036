/** Runs a compiled graph beside the reference interpreter and says where they part. */
import type { Graph } from "../ir/graph.js";
import { sizeOf } from "../ops/dense-tensor.js";
import type { Session, Tensor } from "../runtime/session.js";
import { type Comparison, compareValues } from "./compare.js";
import { evaluate } from "./evaluate.js";
import type { Problem } from "./problems.js";
import type { Tolerance } from "./tolerances.js";

/** One output of one problem. */
export interface OutputResult extends Comparison {
  readonly problem: string;
  readonly output: string;
  readonly shape: readonly number[];
}

/** A value of the graph that ONNX Runtime computed and that differs from the reference. */
export interface Suspect extends Comparison {
  readonly layer: string;
  readonly problem: string;
}

/**
 * Compares every output of the graph on every problem. `values` are further values, by name, that the session shows as
 * outputs; of those the first in the graph's order that differs is the suspect.
 */
export async function compareWithReference(
  graph: Graph,
  session: Session,
  problems: readonly Problem[],
  tolerance: Tolerance,
  onProgress: (done: number) => void = () => {},
): Promise<{ readonly results: readonly OutputResult[]; readonly suspect: Suspect | undefined }> {
  const results: OutputResult[] = [];
  let suspect: Suspect | undefined;
  const shown = new Set(session.outputNames);
  for (const [index, problem] of problems.entries()) {
    const expected = await evaluate(graph, problem.inputs);
    const actual = await session.run(toFeeds(problem));
    for (const { name, value } of graph.outputs) {
      const got = actual.get(name);
      const want = expected.get(value)!;
      if (!got) continue;
      results.push({
        problem: problem.label,
        output: name,
        shape: want.shape,
        ...compareValues(want.data, got.data, tolerance),
      });
    }
    for (const node of graph.nodes) {
      const got = shown.has(node.name) ? actual.get(node.name) : undefined;
      if (suspect || !got) continue;
      const comparison = compareValues(expected.get(node.name)!.data, got.data, tolerance);
      if (!comparison.passed) suspect = { layer: node.name, problem: problem.label, ...comparison };
    }
    onProgress(index + 1);
  }
  return { results, suspect };
}

export function toFeeds(problem: Problem): ReadonlyMap<string, Tensor> {
  return new Map(
    [...problem.inputs].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data.subarray(0, sizeOf(shape))) },
    ]),
  );
}
