import { type AttributeTypeName, attributeTypeName } from "../graph/attribute-types.js";
import type { AttributeProto, NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { Parameter, Range, Schema } from "../schemas/registry.js";
import type { CheckContext } from "./context.js";
import type { RuleId } from "./rules.js";

/** The rules of `OpSchema::Verify` (onnx/defs/schema.cc). */
export function checkSignature(node: NodeProto, schema: Schema, place: Place, context: CheckContext): void {
  const { report } = context;
  checkCount("onnx/signature-input-count", "inputs", node.input.length, schema.inputCount, schema, place, context);
  checkCount("onnx/signature-output-count", "outputs", node.output.length, schema.outputCount, schema, place, context);
  for (const [i, parameter] of emptySingles(node.input, schema.inputs)) {
    report(
      "onnx/signature-input-empty",
      place.position("input", i),
      `${nameOf(schema)} needs its input ${parameter.name}`,
    );
  }
  for (const [i, parameter] of emptySingles(node.output, schema.outputs)) {
    report(
      "onnx/signature-output-empty",
      place.position("output", i),
      `${nameOf(schema)} needs its output ${parameter.name}`,
    );
  }
  for (const attribute of node.attribute) checkAttributeSignature(attribute, schema, place, context);
  const present = new Set(node.attribute.map((attribute) => attribute.name ?? ""));
  for (const { name, required } of schema.attributes.values()) {
    if (required && !present.has(name)) {
      report("onnx/signature-attribute-required", place, `${nameOf(schema)} requires the attribute ${name}`);
    }
  }
}

function nameOf({ name, sinceVersion }: Schema): string {
  return `${name} (since opset ${sinceVersion})`;
}

function checkCount(
  rule: RuleId,
  what: string,
  count: number,
  { min, max, allowed }: Range,
  schema: Schema,
  place: Place,
  context: CheckContext,
): void {
  if (count >= min && count <= max && (allowed === null || allowed.includes(count))) return;
  const range = min === max ? `${min}` : max === 2 ** 31 - 1 ? `at least ${min}` : `${min} to ${max}`;
  const demand = allowed === null ? range : allowed.join(" or ");
  context.report(rule, place, `has ${count} ${what}; ${nameOf(schema)} has ${demand}`);
}

function* emptySingles(names: readonly string[], parameters: readonly Parameter[]): Iterable<[number, Parameter]> {
  for (const [i, parameter] of parameters.entries()) {
    if (names[i] === "" && parameter.option === "single") yield [i, parameter];
  }
}

const VALUE_OF_TYPE: ReadonlyMap<AttributeTypeName, "t" | "sparse_tensor" | "g" | "tp"> = new Map([
  ["TENSOR", "t"],
  ["SPARSE_TENSOR", "sparse_tensor"],
  ["GRAPH", "g"],
  ["TYPE_PROTO", "tp"],
]);

function checkAttributeSignature(attribute: AttributeProto, schema: Schema, node: Place, context: CheckContext): void {
  const name = attribute.name ?? "";
  const place = node.named("attribute", name);
  const signature = schema.attributes.get(name);
  if (signature === undefined) {
    if (!schema.allowsUncheckedAttributes && !name.startsWith("__")) {
      const known = [...schema.attributes.keys()].join(", ") || "none";
      context.report(
        "onnx/signature-attribute-known",
        place,
        `${nameOf(schema)} has no attribute ${quoted(name)}; it has ${known}`,
      );
    }
    return;
  }
  const type = attributeTypeName(attribute);
  if (type !== signature.type) {
    context.report(
      "onnx/signature-attribute-type",
      place,
      `has the type ${type}; ${nameOf(schema)} demands ${signature.type}`,
    );
  } else if (!attribute.ref_attr_name) {
    const field = VALUE_OF_TYPE.get(type);
    if (field !== undefined && attribute[field] === undefined) {
      context.report("onnx/signature-attribute-value", place, `has no value in ${field}`);
    }
  }
}
