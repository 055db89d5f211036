import type { Shape } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition } from "../ir/infer.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { OP_NAMES, type OpName } from "../ir/ops/index.js";
import { elementCount, type LazyTensor } from "../tensors/tensor.js";
import { passOf, type Rule } from "./rule.js";

/** A folded value may hold this many elements more than all that it is computed from. */
const GROWTH_LIMIT = 2 ** 16;

interface ConstantNode {
  readonly node: Node;
  readonly shape: Shape;
  readonly operands: readonly LazyTensor[];
}

const rule: Rule<OpName, ConstantNode> = {
  name: "fold-constants",
  why: "nodes that read only constants are computed once, when the graph is compiled",
  at: OP_NAMES,
  match(node, view) {
    const operands = node.inputs.map((input) => view.constant(input));
    return operands.length > 0 && operands.every((operand) => operand !== undefined)
      ? { node, shape: view.shape(node.name), operands }
      : undefined;
  },
  check({ shape, operands }) {
    if (!isStatic(shape)) return { declined: "its size is dynamic" };
    const held = operands.reduce((sum, operand) => sum + elementCount(operand.shape), 0);
    return elementCount(shape) > held + GROWTH_LIMIT
      ? { declined: "its value is much larger than the constants from which it is computed" }
      : undefined;
  },
  rewrite: ({ node, shape, operands }) => ({
    nodes: new Map([[node.name, []]]),
    constants: new Map([[node.name, evaluated(node, shape as readonly number[], operands)]]),
  }),
};

export const foldConstants = passOf(rule);

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
