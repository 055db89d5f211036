import { strictError } from "../rule.js";

export const STRICT_WORD_RULES = {
  "onnx/strict-word": strictError(
    "An attribute that allows only certain words has one of them, spelled as in the imported version of its operator.",
    "The official checker looks only at the type. ONNX Runtime refuses most other words when it opens the model, and misreads the others. Exporters and people sometimes use the words of the training framework, such as `bicubic` for `cubic`.",
    "use one of the words that the operator allows, or import an opset version that allows the word",
  ),
} as const;
