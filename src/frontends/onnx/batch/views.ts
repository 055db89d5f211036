/** Operators that may leave the order of elements as it is. */
import type { NodeProto } from "../../../onnx/graph/records.js";
import { intsOf } from "../attributes.js";

/** Those that give their first input another shape, and nothing else. */
export const VIEWS: ReadonlySet<string> = new Set(["Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose"]);

/** Whether a node of these keeps the order: a Transpose does where it moves axes of size one alone. */
export function keepsOrder(node: NodeProto, from: readonly (number | string | null)[]): boolean {
  if (node.op_type !== "Transpose") return true;
  const perm = intsOf(node, "perm") ?? from.map((_, axis) => from.length - 1 - axis);
  const moved = perm.filter((axis) => from[axis] !== 1);
  return moved.every((axis, index) => index === 0 || axis > moved[index - 1]!);
}
