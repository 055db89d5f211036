/** Runs a compiled graph beside the reference interpreter and says where they part. */

import { SmxcError } from "../base/diagnostics.js";
import { evaluate } from "../ir/evaluate.js";
import type { Graph } from "../ir/graph.js";
import { sizeOf } from "../ir/ops/dense-tensor.js";
import type { Session, Tensor } from "../sessions/session.js";
import { allFinite, type Comparison, compareValues } from "./compare.js";
import * as errors from "./errors.js";
import { firstNotFinite, LARGEST_VALUES } from "./finite.js";
import type { OutputResult } from "./output-result.js";
import type { Problem } from "./problems.js";
import type { Tolerance } from "./tolerances.js";

/** A value of the graph that ONNX Runtime computed and that differs from the reference. */
export interface Suspect extends Comparison {
  readonly layer: string;
  readonly problem: string;
}

export interface CompareOptions {
  /** The element type of the graph's feature maps; float32 when absent. */
  readonly dtype?: keyof typeof LARGEST_VALUES;
  readonly onProgress?: (done: number) => void;
}

/**
 * Compares every output of the graph on every problem. `values` are further values, by name, that the session shows as
 * outputs; of those the first in the graph's order that differs is the suspect.
 *
 * @throws SmxcError `verify/missing-output` for outputs that the session does not have
 */
export async function compareWithReference(
  graph: Graph,
  session: Session,
  problems: readonly Problem[],
  tolerance: Tolerance,
  { dtype = "float32", onProgress = () => {} }: CompareOptions = {},
): Promise<{ readonly results: readonly OutputResult[]; readonly suspect: Suspect | undefined }> {
  const results: OutputResult[] = [];
  let suspect: Suspect | undefined;
  const shown = new Set(session.outputNames);
  const missing = graph.outputs.filter(({ name }) => !shown.has(name));
  if (missing.length > 0) throw new SmxcError(missing.map(({ name }) => errors.missingOutput(name)));
  for (const [index, problem] of problems.entries()) {
    const expected = await evaluate(graph, problem.inputs);
    const actual = await session.run(toFeeds(problem));
    for (const { name, value } of graph.outputs) {
      const got = actual.get(name)!;
      const want = expected.get(value)!;
      const comparison = compareValues(want.data, got.data, tolerance);
      const sameShape = want.shape.join() === got.shape.join();
      const overflow = allFinite(comparison) ? undefined : firstNotFinite(graph, expected, LARGEST_VALUES[dtype]);
      results.push({
        problem: problem.label,
        output: name,
        shape: want.shape,
        ...comparison,
        ...(sameShape ? {} : { otherShape: got.shape, passed: false }),
        ...(overflow ? { overflow } : {}),
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
