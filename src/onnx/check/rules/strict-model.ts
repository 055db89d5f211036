import { strictError, strictWarning } from "../rule.js";

export const STRICT_MODEL_RULES = {
  "onnx/strict-opset-known": strictError(
    "The version of an imported opset exists.",
    "A runtime cannot know what a future version changes; ONNX Runtime refuses it.",
    "import the version that the operators were written for",
  ),
  "onnx/strict-opset-unique": strictError(
    "A domain is imported once; `ai.onnx` is the empty domain.",
    "Readers take one of the versions, and not the same one.",
    "remove the duplicate",
  ),
  "onnx/strict-function-unused": strictWarning(
    "Every function of a model is called.",
    "It makes the file larger and tools wonder.",
    "remove the function",
  ),
  "onnx/strict-function-output": strictError(
    "Every output of a function is one of its inputs or made by one of its nodes.",
    "A caller would get nothing.",
    "name a value that exists",
  ),
  "onnx/strict-reference-outside": strictError(
    "Only nodes of functions refer to attributes of a caller.",
    "Outside of a function there is no caller; the attribute has no value.",
    "set the value itself",
  ),
} as const;
