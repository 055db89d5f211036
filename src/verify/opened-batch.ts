/** Graphs that take any batch beside sources that take one sample: the source runs the samples one by one. */
import { batchOf } from "../accelerate/open-batch.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import { joinedRun, type SourceRun } from "./against-source.js";

/** Samples that are run one by one in the source, and together in what was opened. */
export const OPENED_SAMPLES = 3;

export function isOpened(source: ModelWithGraph, model: ModelWithGraph): boolean {
  return batchOf(source) !== undefined && batchOf(model) === undefined;
}

/** Runs of single samples, and of all of them together in two orders where the batch was opened. */
export function openedRuns(
  source: ModelWithGraph,
  model: ModelWithGraph,
  runs: readonly SourceRun[],
): readonly SourceRun[] {
  if (!isOpened(source, model)) return runs;
  const ports = portsOf(source);
  const open = [...portsOf(model)].flatMap(([name, size]) =>
    ports.get(name) !== undefined && size === undefined ? [name] : [],
  );
  return [...runs, joinedRun(runs, open), joinedRun(runs.toReversed(), open)];
}

/** The first axis of inputs and outputs, by name; undefined where it is open. */
function portsOf({ graph }: ModelWithGraph): ReadonlyMap<string, unknown> {
  return new Map(
    [...graph.input, ...graph.output].map(({ name = "", type }) => [name, type?.tensor_type?.shape?.dim[0]?.dim_value]),
  );
}
