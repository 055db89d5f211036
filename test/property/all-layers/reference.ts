/** The reference interpreter, also with the disturbance that float32 brings. */

import { randomNumbers } from "../../../src/base/random.js";
import type { Graph } from "../../../src/ir/graph.js";
import { definition } from "../../../src/ir/infer.js";
import { type DenseTensor, dense } from "../../../src/ir/ops/dense-tensor.js";
import { absoluteError, type Values } from "../../support/sessions.js";

/** Four units in the last place of float32, of a value's largest magnitude: what sums of some hundred terms lose. */
const DISTURBANCE = 2 ** -22;
const TRIALS = 6;

/**
 * How far an output moves when every value of the graph is disturbed as float32 arithmetic disturbs it. A network that
 * subtracts large values, or chooses between experts that are nearly tied, moves its output by more than any tolerance:
 * whether ONNX Runtime computes it right cannot be told from its numbers.
 */
export async function sensitivity(
  graph: Graph,
  inputs: Values,
  output: string,
  expected: DenseTensor,
): Promise<number> {
  const value = graph.outputs.find(({ name }) => name === output)!.value;
  let largest = 0;
  for (let trial = 1; trial <= TRIALS; trial++) {
    const disturbed = await disturbedEvaluate(graph, inputs, randomNumbers(trial));
    largest = Math.max(largest, absoluteError(disturbed.get(value)!, expected));
  }
  return largest;
}

async function disturbedEvaluate(graph: Graph, inputs: Values, next: () => number): Promise<Values> {
  const values = new Map<string, DenseTensor>(inputs);
  for (const node of graph.nodes) {
    const operands: DenseTensor[] = [];
    for (const input of node.inputs) {
      const constant = graph.constants.get(input);
      operands.push(constant ? dense(constant.shape, await constant.read()) : values.get(input)!);
    }
    const { shape, data } = definition(node).evaluate(node.attributes, operands);
    // A hard choice is exact; which one it is hangs on the disturbed weights.
    const reach =
      node.op === "one_hot" ? 0 : DISTURBANCE * data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    values.set(node.name, { shape, data: data.map((value) => value + reach * (2 * next() - 1)) });
  }
  return values;
}
