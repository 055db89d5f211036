import { isOnnxDomain } from "../domains.js";
import type { NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import { functionId } from "./call-graph.js";
import type { CheckContext } from "./context.js";

const instead = (operators: string): string => `use ${operators} instead`;

/** Operators of the first years that were never standardised and are let pass (onnx/checker.cc), and what to do. */
const EXPERIMENTAL: ReadonlyMap<string, string> = new Map([
  ["ATen", "export again without PyTorch's ATen fallback, which writes ATen if the exporter knows no other operator"],
  ["Affine", instead("Mul and Add")],
  ["ConstantFill", instead("ConstantOfShape")],
  ["Crop", instead("Slice")],
  ["DynamicSlice", instead("Slice, whose bounds are inputs since version 10,")],
  ["GRUUnit", instead("GRU")],
  ["GivenTensorFill", instead("an initializer or Constant")],
  ["ImageScaler", instead("Mul and Add")],
  ["ParametricSoftplus", instead("Mul and Softplus")],
  ["Scale", instead("Mul")],
  ["ScaledTanh", instead("Mul and Tanh")],
]);

/** A node whose operator the official checker lets pass without a signature. */
export function isExperimental({ domain = "", op_type = "" }: NodeProto): boolean {
  return isOnnxDomain(domain) && EXPERIMENTAL.has(op_type);
}

export function checkExperimental(node: NodeProto, place: Place, context: CheckContext): void {
  if (context.functions.has(functionId(node.domain, node.op_type, node.overload))) return;
  const { op_type = "" } = node;
  const message = `${quoted(op_type)} is not an operator of ONNX, in any version`;
  const hint = EXPERIMENTAL.get(op_type);
  context.report("onnx/strict-operator", place, message, hint === undefined ? {} : { hint });
}
