import type { AttributeProto, NodeProto } from "../proto/records.js";

/** An attribute's value as text; graphs, which are compared on their own, as a mark. */
export function attributeText(attribute: AttributeProto): string {
  const { f, i, s, floats, ints, strings, g, graphs, t } = attribute;
  if (g !== undefined || graphs.length > 0) return "graph";
  if (f !== undefined) return String(f);
  if (i !== undefined) return String(i);
  if (s?.bytes) return JSON.stringify(new TextDecoder().decode(s.bytes));
  if (floats.length > 0) return `[${floats.join(", ")}]`;
  if (ints.length > 0) return `[${ints.join(", ")}]`;
  if (strings.length > 0)
    return `[${strings.map((text) => (text.bytes ? new TextDecoder().decode(text.bytes) : "…")).join(", ")}]`;
  return t === undefined ? "" : `tensor [${t.dims.join(",")}]`;
}

/** Attributes of a node by name, as text. */
export function attributesOf(node: NodeProto): ReadonlyMap<string, string> {
  return new Map(node.attribute.map((attribute) => [attribute.name ?? "", attributeText(attribute)]));
}
