import type { NodeInference } from "../node-inference.js";

/** Sets the outputs of a node from its inputs. Throws InferenceFault for what the operator cannot do. */
export type Infer = (node: NodeInference) => void;

/** The inference of an operator, per opset version since which it holds, ascending. */
export type Operator = readonly (readonly [since: number, infer: Infer])[];

export type OperatorTable = Readonly<Record<string, Operator>>;

/** One inference for several operators, from a version on. */
export function alike(names: string, since: number, infer: Infer): OperatorTable {
  return Object.fromEntries(names.split(" ").map((name): [string, Operator] => [name, [[since, infer]]]));
}

export function copyFirst(node: NodeInference): void {
  node.copyFirst();
}
