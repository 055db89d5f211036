/** How much work a graph is at concrete sizes. */
import type { Shape } from "./dim.js";
import type { Graph } from "./graph.js";
import { definition, inferShapes, withInputShapes } from "./infer.js";
import { sizeOf } from "./ops/dense-tensor.js";
import { RuleError } from "./ops/operator.js";

/** Multiply-accumulates of a graph for concrete input shapes; Infinity when the graph refuses them. */
export function macsOf(graph: Graph, inputs: ReadonlyMap<string, readonly number[]>): number {
  return costOf(graph, inputs, ({ macs }) => macs);
}

/** The same and the values themselves, of which some operators make many without a product. */
export function workOf(graph: Graph, inputs: ReadonlyMap<string, readonly number[]>): number {
  return costOf(graph, inputs, ({ macs, elements }) => macs + elements);
}

interface NodeCost {
  readonly macs: number;
  readonly elements: number;
}

function costOf(
  graph: Graph,
  inputs: ReadonlyMap<string, readonly number[]>,
  cost: (node: NodeCost) => number,
): number {
  try {
    const sized = withInputShapes(graph, inputs);
    const shapes = inferShapes(sized);
    return sized.nodes.reduce((sum, node) => {
      const operands = node.inputs.map((input): Shape => shapes.get(input)!);
      const shape = shapes.get(node.name)!;
      const macs = definition(node).macs?.(node.attributes, operands, shape) ?? 0;
      return sum + cost({ macs, elements: sizeOf(shape as readonly number[]) });
    }, 0);
  } catch (cause) {
    if (cause instanceof RuleError) return Number.POSITIVE_INFINITY;
    throw cause;
  }
}
