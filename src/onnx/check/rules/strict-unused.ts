import { strictWarning } from "../rule.js";

export const STRICT_UNUSED_RULES = {
  "onnx/strict-unused-initializer": strictWarning(
    "Every initializer is used.",
    "Unused weights make the file larger; often a node refers to the wrong name.",
    "remove the initializer, or connect it",
  ),
  "onnx/strict-unused-node": strictWarning(
    "Of every node an output is used.",
    "A node whose results nobody takes is dead, or a consumer refers to the wrong name.",
    "remove the node, or connect it",
  ),
} as const;
