import { strictWarning } from "../rule.js";

export const STRICT_UNUSED_RULES = {
  "onnx/strict-unused-initializer": strictWarning(
    "Every initializer is used.",
    "Unused weights make the file larger, and often a node refers to a wrong name.",
    "remove the initializer, or connect it",
  ),
  "onnx/strict-unused-node": strictWarning(
    "At least one output of every node is used.",
    "A node whose outputs are not used is dead, or another node refers to a wrong name.",
    "remove the node, or connect it",
  ),
} as const;
