import { strictError } from "../rule.js";

export const STRICT_OPERATOR_RULES = {
  "onnx/strict-operator": strictError(
    "Every operator of ONNX's own domains is one that ONNX defines.",
    "The official checker accepts some operators that were tried in ONNX's first years but never became part of it, such as Affine and ATen. ONNX Runtime has no kernel for them and cannot open the model.",
    "use operators that ONNX defines; the finding says which",
  ),
} as const;
