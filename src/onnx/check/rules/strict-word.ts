import { strictError } from "../rule.js";

export const STRICT_WORD_RULES = {
  "onnx/strict-word": strictError(
    "An attribute that takes one of a few words has one of them, as its operator spells it in the imported version.",
    "The official checker looks at the type only. ONNX Runtime refuses most other words when it opens the model, and does something else than was meant with the rest. Exporters and people write the words of the training framework, such as `bicubic` for `cubic`.",
    "write one of the words that the operator knows, or import the opset version that has the word",
  ),
} as const;
