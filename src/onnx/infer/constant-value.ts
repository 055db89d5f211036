import type { NodeProto } from "../graph/records.js";
import { type Constant, constantOf, literal } from "./constant.js";

/** The value of a Constant node's output, where it can matter to shapes; null for other nodes. */
export function nodeConstant(node: NodeProto): Constant | null {
  if (node.op_type !== "Constant" || node.output.length !== 1) return null;
  if (node.domain !== undefined && node.domain !== "" && node.domain !== "ai.onnx") return null;
  for (const { name, t, i, ints, f, floats } of node.attribute) {
    if (name === "value" && t !== undefined) return constantOf(t);
    if (name === "value_int" && i !== undefined) return literal("INT64", [i], true);
    if (name === "value_ints") return literal("INT64", ints, false);
    if (name === "value_float" && f !== undefined) return literal("FLOAT", [f], true);
    if (name === "value_floats") return literal("FLOAT", floats, false);
  }
  return null;
}
