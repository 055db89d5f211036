import { attributeTypeName, VALUE_TYPES } from "../graph/attribute-types.js";
import type { AttributeProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { CheckContext } from "./context.js";
import type { Scope } from "./scope.js";
import { checkSparseTensor } from "./sparse.js";
import { checkTensor } from "./tensor.js";

const FIRST_WITH_TYPES = 2;

/** Well-formedness alone; whether the operator knows the attribute is a matter of its signature. */
export function checkAttribute(attribute: AttributeProto, place: Place, context: CheckContext, scope: Scope): void {
  const { report } = context;
  if (!attribute.name) report("onnx/attribute-name", place, "has no name");
  if (attribute.type === undefined && context.irVersion >= FIRST_WITH_TYPES) {
    report("onnx/attribute-type", place, "has no type");
  }
  const used = VALUE_TYPES.filter(([field]) => isSet(attribute[field]));
  const type = attributeTypeName(attribute);
  const misfits = attribute.type === undefined ? [] : used.filter(([, fieldType]) => fieldType !== type);
  if (misfits.length > 0) {
    report("onnx/attribute-type-match", place, `has the type ${type}, and a value in ${names(misfits)}`);
  }
  if (used.length > 1) report("onnx/attribute-one-value", place, `has values in ${names(used)}`);
  if (!context.isMainGraph && attribute.ref_attr_name !== undefined && used.length > 0) {
    report("onnx/attribute-reference", place, `refers to another attribute, but has a value in ${names(used)}`);
  }
  checkValues(attribute, place, context, scope);
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function names(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([field]) => field).join(" and ");
}

function checkValues(attribute: AttributeProto, place: Place, context: CheckContext, scope: Scope): void {
  const { t, g, sparse_tensor, tensors, graphs, sparse_tensors } = attribute;
  if (t !== undefined) checkTensor(t, place, context);
  if (sparse_tensor !== undefined) checkSparseTensor(sparse_tensor, place, context);
  for (const [i, tensor] of tensors.entries()) checkTensor(tensor, place.item("tensors", i), context);
  for (const [i, tensor] of sparse_tensors.entries())
    checkSparseTensor(tensor, place.item("sparse_tensors", i), context);
  if (g === undefined && graphs.length === 0) return;
  const inner = { ...context, isMainGraph: false };
  if (g !== undefined) context.checkGraph(g, place, inner, scope);
  for (const [i, graph] of graphs.entries()) context.checkGraph(graph, place.item("graphs", i), inner, scope);
}
