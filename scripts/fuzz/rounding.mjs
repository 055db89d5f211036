/**
 * Whether rounding alone may be why a compiled graph differs from its source: a graph that subtracts large values moves its outputs
 * by more than any tolerance when its numbers are disturbed as float32 arithmetic disturbs them.
 */

import { sessionOf } from "../../dist/cli-modules/commands/compile/session-of.js";
import { randomNumbers } from "../../dist/src/base/random.js";
import { elementCode } from "../../dist/src/onnx/graph/element-types.js";
import { FloatBytes } from "../../dist/src/onnx/graph/float-bytes.js";
import { floatsOf } from "../../dist/src/onnx/read/floats-of.js";
import { candidateSizes, compareRun, runSource } from "../../dist/src/verify/against-source.js";
import { TOLERANCES } from "../../dist/src/verify/tolerances.js";

/** Four units in the last place of float32: what sums of some hundred terms lose. */
const DISTURBANCE = 2 ** -22;
const TRIALS = 3;
/** Winograd's transforms go through larger values than the convolution has: some 30 times for cells of 6x6. */
const ROUNDING = 32;
/** Sizes at which a compile compares. */
const RUNS = 2;

/** @param done a compile whose comparison failed; false where single samples do not show why */
export async function isRounding({ source, model }) {
  const runs = await runsOf(source);
  const results = await resultsOf(model, runs);
  const beyond = results.flatMap((each, at) => each.filter(({ passed }) => !passed).map((result) => ({ result, at })));
  if (beyond.length === 0) return false;
  const moves = await movesOf(source, runs);
  return beyond.every(({ result, at }) => result.maxError <= ROUNDING * moves[at].get(result.output));
}

/** Runs of a source at sizes that it takes, up to two, as a compile takes them; those that give numbers. */
export async function runsOf(source) {
  const session = await sessionOf(source, "disabled");
  const runs = [];
  try {
    for (const sizes of candidateSizes(session.inputs)) {
      if (runs.length === RUNS) break;
      const run = await runSource(session, sizes, runs.length + 1);
      if (run !== null) runs.push(run);
    }
  } finally {
    await session.release();
  }
  return runs.filter(({ outputs }) => [...outputs.values()].every(({ data }) => data.every(Number.isFinite)));
}

async function resultsOf(model, runs) {
  const session = await sessionOf(model, "all");
  try {
    const results = [];
    for (const run of runs) results.push(await compareRun(session, run, TOLERANCES));
    return results;
  } finally {
    await session.release();
  }
}

/** By run, how far each output moves; Infinity where it is no number any more. */
async function movesOf(source, runs) {
  const moves = runs.map(() => new Map());
  for (let trial = 1; trial <= TRIALS; trial++) {
    const next = randomNumbers(trial);
    const disturb = (value) => value * (1 + DISTURBANCE * (2 * next() - 1));
    const graph = {
      ...source.graph,
      initializer: source.graph.initializer.map((tensor) => disturbed(tensor, disturb)),
    };
    const session = await sessionOf({ ...source, graph }, "disabled");
    try {
      for (const [at, run] of runs.entries()) {
        const feeds = new Map(
          [...run.feeds].map(([name, { shape, data }]) => {
            // An input of integers takes nothing else.
            const isWhole = data.every(Number.isInteger);
            return [name, { shape, data: isWhole ? data : data.map(disturb) }];
          }),
        );
        for (const { output, maxError } of await compareRun(session, { ...run, feeds }, TOLERANCES))
          moves[at].set(output, Math.max(moves[at].get(output) ?? 0, maxError));
      }
    } finally {
      await session.release();
    }
  }
  return moves;
}

function disturbed(tensor, disturb) {
  const values = tensor.data_type === elementCode("FLOAT") ? floatsOf(tensor) : null;
  if (values === null) return tensor;
  const read = async () => Float32Array.from(await values.read(), disturb);
  return { ...tensor, raw_data: new FloatBytes("FLOAT", { shape: values.shape, read }, tensor.name ?? "") };
}
