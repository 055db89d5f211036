import { strictError } from "../rule.js";

export const STRICT_OPERATOR_RULES = {
  "onnx/strict-operator": strictError(
    "Every operator of ONNX's own domains is one that ONNX defines.",
    "The official checker lets some operators pass that were tried out in ONNX's first years and never became a part of it, such as ATen. ONNX Runtime has no kernel for them and opens no session.",
    "use an operator that ONNX defines; exporters write ATen where they know no other (PyTorch's ATen fallback)",
  ),
} as const;
