import { strictError } from "../rule.js";

export const STRICT_OPERATOR_RULES = {
  "onnx/strict-operator": strictError(
    "Every operator of ONNX's own domains is one that ONNX defines.",
    "The official checker lets some operators pass that were tried out in ONNX's first years and never became a part of it, such as Affine and ATen. ONNX Runtime has no kernel for them and opens no session.",
    "use operators that ONNX defines; of each such operator the finding says which",
  ),
} as const;
