import { type Place, quoted } from "../place.js";
import type { NodeProto } from "../proto/records.js";
import { functionId } from "./call-graph.js";
import type { CheckContext } from "./context.js";

/** A node whose operator the official checker lets pass without a signature. */
export function checkExperimental(node: NodeProto, place: Place, context: CheckContext): void {
  if (context.functions.has(functionId(node.domain, node.op_type, node.overload))) return;
  const message = `${quoted(node.op_type ?? "")} is no operator of ONNX, in any version`;
  context.report("onnx/strict-operator", place, message);
}
