import { strictError, strictWarning } from "../rule.js";

export const STRICT_MODEL_RULES = {
  "onnx/strict-opset-known": strictError(
    "The version of an imported opset exists.",
    "A runtime cannot know what a future version changes; ONNX Runtime refuses such a model.",
    "import the version that the operators were written for",
  ),
  "onnx/strict-opset-unique": strictError(
    "Each domain is imported only once; `ai.onnx` is the same as the empty domain.",
    "Programs use only one of the versions, and not all use the same one.",
    "remove the duplicate",
  ),
  "onnx/strict-function-unused": strictWarning(
    "Every function of a model is called.",
    "An unused function makes the file larger, and may be a sign of a wrong name.",
    "remove the function",
  ),
  "onnx/strict-function-output": strictError(
    "Every output of a function is one of its inputs or an output of one of its nodes.",
    "Otherwise a caller gets no value.",
    "name a value that exists",
  ),
  "onnx/strict-reference-outside": strictError(
    "Only nodes inside functions refer to attributes of the caller.",
    "Outside of a function there is no caller, so the attribute has no value.",
    "set the value itself",
  ),
} as const;
