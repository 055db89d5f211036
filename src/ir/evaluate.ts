import type { Graph } from "./graph.js";
import { definition } from "./infer.js";
import { type DenseTensor, dense } from "./ops/dense-tensor.js";

/** Milliseconds after which others get a turn: signals in Node, the page in a browser. */
const LONGEST_STRETCH = 100;

/**
 * The reference interpreter: every value of the graph in float64, operator by operator, by the slow and obvious
 * definitions. `inputs` holds the graph's inputs by name, row-major; the result holds every input and node value.
 */
export async function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<string, DenseTensor>,
): Promise<ReadonlyMap<string, DenseTensor>> {
  const values = new Map<string, DenseTensor>();
  for (const input of graph.inputs) {
    const value = inputs.get(input.name);
    if (!value) throw new RangeError(`the input "${input.name}" has no value`);
    values.set(input.name, value);
  }
  let rested = performance.now();
  for (const node of graph.nodes) {
    if (performance.now() - rested > LONGEST_STRETCH) {
      await new Promise((resolve) => setTimeout(resolve));
      rested = performance.now();
    }
    const operands: DenseTensor[] = [];
    for (const input of node.inputs) {
      const constant = graph.constants.get(input);
      operands.push(constant ? dense(constant.shape, await constant.read()) : values.get(input)!);
    }
    values.set(node.name, definition(node).evaluate(node.attributes, operands));
  }
  return values;
}
