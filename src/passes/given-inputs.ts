/** Graph inputs given from outside, such as a style: the routers that nothing else decides. */
import type { Graph } from "../ir/graph.js";
import { inferNode } from "../ir/infer.js";
import type { LazyTensor } from "../tensors/tensor.js";
import { evaluated } from "./fold-constants.js";
import type { FrozenBetas } from "./freeze-betas.js";

/** Vectors [1, S] by the name of the input that they are given for. */
export type GivenInputs = ReadonlyMap<string, LazyTensor>;

/** The width S of every input [N, S], by name: those that can be given. */
export function vectorInputs(graph: Graph): ReadonlyMap<string, number> {
  return new Map(
    graph.inputs.flatMap(({ name, shape }) =>
      shape.length === 2 && typeof shape[1] === "number" ? [[name, shape[1]] as const] : [],
    ),
  );
}

/** The weights that routers give which read only constants and given inputs, in float64, computed when they are read. */
export function decidedRouters(graph: Graph, given: GivenInputs): FrozenBetas {
  const values = new Map<string, LazyTensor>([...graph.constants, ...given]);
  const routers = new Map<string, LazyTensor>();
  for (const node of graph.nodes) {
    const operands = node.inputs.map((input) => values.get(input));
    if (operands.some((operand) => operand === undefined)) continue;
    const read = operands as readonly LazyTensor[];
    const shape = inferNode(
      node,
      read.map((operand) => operand.shape),
    );
    const value = evaluated(node, shape as readonly number[], read);
    values.set(node.name, value);
    if (node.op === "route") routers.set(node.name, value);
  }
  return routers;
}
