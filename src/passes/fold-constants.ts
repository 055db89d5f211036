import type { Graph } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { elementCount, type LazyTensor } from "../weights/tensor.js";
import type { Pass } from "./pass.js";

/** A folded value may hold this many elements more than all that it is computed from. */
const GROWTH_LIMIT = 2 ** 16;

export const foldConstants: Pass = {
  name: "fold-constants",
  description: "computes nodes that read constants only, unless the result would be much larger than its inputs",
  run(graph) {
    const constants = new Map(graph.constants);
    const shapes = inferShapes(graph);
    const kept = graph.nodes.filter((node) => {
      const operands = node.inputs.map((input) => constants.get(input));
      if (operands.length === 0 || operands.some((operand) => operand === undefined)) return true;
      const shape = shapes.get(node.name)!;
      if (!isStatic(shape)) return true;
      const read = operands as readonly LazyTensor[];
      const held = read.reduce((sum, operand) => sum + elementCount(operand.shape), 0);
      if (elementCount(shape) > held + GROWTH_LIMIT) return true;
      constants.set(node.name, evaluated(node, shape, read));
      return false;
    });
    return kept.length === graph.nodes.length ? graph : { ...graph, constants, nodes: kept };
  },
};

function isStatic(shape: readonly unknown[]): shape is readonly number[] {
  return shape.every((dim) => typeof dim === "number");
}

/** The node's value by its reference definition, computed when it is read. */
export function evaluated(
  node: Graph["nodes"][number],
  shape: readonly number[],
  operands: readonly LazyTensor[],
): LazyTensor {
  return {
    shape,
    async read() {
      const values = [];
      for (const operand of operands) values.push(dense(operand.shape, await operand.read()));
      return definition(node).evaluate(node.attributes, values).data;
    },
  };
}
