/** How far the outputs of a graph move when its numbers are disturbed as float32 arithmetic disturbs them. */
import { randomNumbers } from "../../../src/base/random.js";
import { elementCode } from "../../../src/onnx/graph/element-types.js";
import { FloatBytes } from "../../../src/onnx/graph/float-bytes.js";
import type { ModelProto, TensorProto } from "../../../src/onnx/graph/records.js";
import { floatsOf } from "../../../src/onnx/read/floats-of.js";
import { absoluteError, encoded, runGraph, type Values } from "../../support/sessions.js";

/** Four units in the last place of float32: what sums of some hundred terms lose. */
const DISTURBANCE = 2 ** -22;
const TRIALS = 3;

/**
 * The largest move of each output, when each number of the inputs and initializers is disturbed. A graph that subtracts large
 * values moves its outputs by more than any tolerance: whether another graph is the same cannot be told from its numbers.
 */
export async function sensitivity(
  model: ModelProto,
  feed: Values,
  wanted: Values,
): Promise<ReadonlyMap<string, number>> {
  const moves = new Map<string, number>();
  for (let trial = 1; trial <= TRIALS; trial++) {
    const next = randomNumbers(trial);
    const disturb = (value: number): number => value * (1 + DISTURBANCE * (2 * next() - 1));
    const inputs = new Map([...feed].map(([name, { shape, data }]) => [name, { shape, data: data.map(disturb) }]));
    const graph = {
      ...model.graph!,
      initializer: model.graph!.initializer.map((tensor) => disturbed(tensor, disturb)),
    };
    const [outputs] = await runGraph(await encoded({ ...model, graph }), [inputs], "disabled");
    for (const [name, values] of wanted)
      moves.set(name, Math.max(moves.get(name) ?? 0, absoluteError(outputs!.get(name)!, values)));
  }
  return moves;
}

function disturbed(tensor: TensorProto, disturb: (value: number) => number): TensorProto {
  const values = tensor.data_type === elementCode("FLOAT") ? floatsOf(tensor) : null;
  if (values === null) return tensor;
  const read = async () => Float32Array.from(await values.read(), disturb);
  return { ...tensor, raw_data: new FloatBytes("FLOAT", { shape: values.shape, read }, tensor.name ?? "") };
}
