import type { NodeProto } from "../proto/records.js";
import { functionId } from "./call-graph.js";
import type { CheckContext } from "./context.js";
import { type Place, quoted } from "./place.js";
import { strictError } from "./rule.js";

export const STRICT_OPERATOR_RULES = {
  "onnx/strict-operator": strictError(
    "Every operator of ONNX's own domains is one that ONNX defines.",
    "The official checker lets some operators pass that were tried out in ONNX's first years and never became a part of it, such as ATen. ONNX Runtime has no kernel for them and opens no session.",
    "use an operator that ONNX defines; exporters write ATen where they know no other (PyTorch's ATen fallback)",
  ),
} as const;

/** A node whose operator the official checker lets pass without a signature. */
export function checkExperimental(node: NodeProto, place: Place, context: CheckContext): void {
  if (context.functions.has(functionId(node.domain, node.op_type, node.overload))) return;
  const message = `${quoted(node.op_type ?? "")} is no operator of ONNX, in any version`;
  context.report("onnx/strict-operator", place, message);
}
