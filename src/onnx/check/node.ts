import type { NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import { checkAttribute } from "./attribute.js";
import { functionId } from "./call-graph.js";
import type { CheckContext } from "./context.js";
import type { Scope } from "./scope.js";
import { checkSignature } from "./signature.js";
import { checkExperimental, isExperimental } from "./strict-operator.js";
import { checkWords } from "./strict-word.js";

const AI_ONNX = "ai.onnx";

/** Domains in which an operator without signature is an error; in others it belongs to somebody else. */
const DEFINED_DOMAINS: ReadonlySet<string> = new Set(["", AI_ONNX, "ai.onnx.ml", "ai.onnx.training"]);

export function checkNode(node: NodeProto, place: Place, context: CheckContext, scope: Scope): void {
  const { report } = context;
  if (!node.op_type) report("onnx/node-op-type", place, "has no op_type");
  if (node.input.length === 0 && node.output.length === 0) {
    report("onnx/node-isolated", place, "has neither inputs nor outputs");
  }
  const names = new Set<string>();
  for (const attribute of node.attribute) {
    const name = attribute.name ?? "";
    const at = place.named("attribute", name);
    if (names.has(name)) report("onnx/attribute-unique", at, "already exists");
    names.add(name);
    checkAttribute(attribute, at, context, scope);
  }
  checkOperator(node, place, context);
}

/** The version of the opset that a node belongs to; `ai.onnx` and the empty domain are the same, one way only. */
function importedVersion(domain: string, opsets: ReadonlyMap<string, number>): number | undefined {
  return opsets.get(domain) ?? (domain === "" ? opsets.get(AI_ONNX) : undefined);
}

function checkOperator(node: NodeProto, place: Place, context: CheckContext): void {
  const domain = node.domain ?? "";
  const version = importedVersion(domain, context.opsets);
  if (version === undefined) {
    context.report("onnx/node-domain", place, `the domain ${quoted(domain)} is not imported`);
    return;
  }
  if (!node.op_type) return;
  if (isExperimental(node)) {
    if (context.isStrict) checkExperimental(node, place, context);
    return;
  }
  const schema = context.schemas.find(domain, node.op_type, version);
  if (schema === null) {
    checkUnknownOperator(node, domain, version, place, context);
  } else if (schema.deprecated) {
    const since = `deprecated since version ${schema.sinceVersion}`;
    context.report("onnx/node-deprecated", place, `${quoted(node.op_type)} is ${since}; ${version} is imported`);
  } else {
    checkSignature(node, schema, place, context);
    if (context.isStrict) checkWords(node, schema, place, context.report);
  }
}

function checkUnknownOperator(
  node: NodeProto,
  domain: string,
  version: number,
  place: Place,
  context: CheckContext,
): void {
  const operator = `${quoted(node.op_type ?? "")} of the domain ${quoted(domain)}`;
  const id = functionId(domain, node.op_type, node.overload);
  if (DEFINED_DOMAINS.has(domain)) {
    context.report("onnx/node-operator", place, `the operator ${operator} does not exist in version ${version}`);
  } else if (!context.functions.has(id)) {
    context.reportOnce(id, "onnx/node-not-checked", place, `ONNX does not define the operator ${operator}`);
  }
}
