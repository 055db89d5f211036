/** Graphs that take any batch beside sources that take one sample: the source runs the samples one by one. */
import { batchOf } from "../accelerate/open-batch.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import type { Tensor } from "../sessions/session.js";
import { joinedRun, type SourceRun } from "./against-source.js";

/** Samples that are run one by one in the source, and together in what was opened. */
export const OPENED_SAMPLES = 3;

export function isOpened(source: ModelWithGraph, model: ModelWithGraph): boolean {
  return batchOf(source) !== undefined && batchOf(model) === undefined;
}

/** Names of the inputs and outputs whose first axis became one of samples. */
function openedNames(source: ModelWithGraph, model: ModelWithGraph): readonly string[] {
  const fixed = firstSizes(source);
  const sizes = [...firstSizes(model)];
  // A source may leave open what its outputs hold, though its inputs are fixed.
  const symbols = new Set(
    sizes.flatMap(([name, { dim_param }]) => (fixed.get(name)?.dim_value === undefined ? [] : [dim_param])),
  );
  return sizes.flatMap(([name, { dim_value, dim_param }]) =>
    dim_value === undefined && dim_param !== undefined && symbols.has(dim_param) ? [name] : [],
  );
}

/** What all samples of a run share: the inputs of one sample that hold nothing by sample. */
export function sharedInputs(
  source: ModelWithGraph,
  model: ModelWithGraph,
  { feeds }: SourceRun,
): ReadonlyMap<string, Tensor> {
  const open = openedNames(source, model);
  return new Map([...feeds].filter(([name]) => !open.includes(name)));
}

/**
 * Runs of single samples, and of all of them together in two orders where the batch was opened.
 *
 * @param runs which share what `sharedInputs` gives
 */
export function openedRuns(
  source: ModelWithGraph,
  model: ModelWithGraph,
  runs: readonly SourceRun[],
): readonly SourceRun[] {
  if (!isOpened(source, model)) return runs;
  const open = openedNames(source, model);
  return [...runs, joinedRun(runs, open), joinedRun(runs.toReversed(), open)];
}

/** The first axis of inputs and outputs that have one, by name. */
function firstSizes({ graph }: ModelWithGraph) {
  return new Map(
    [...graph.input, ...graph.output].flatMap(({ name = "", type }) => {
      const first = type?.tensor_type?.shape?.dim[0];
      return first === undefined ? [] : [[name, first] as const];
    }),
  );
}
