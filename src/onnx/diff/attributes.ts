import type { AttributeProto, NodeProto } from "../proto/records.js";

/** An attribute's value as text; graphs, which are compared on their own, as a mark. */
function attributeText(attribute: AttributeProto): string {
  const { type, f, i, s, floats, ints, strings, g, graphs, t, tp, sparse_tensor, ref_attr_name } = attribute;
  if (ref_attr_name) return `the function's ${ref_attr_name}`;
  if (g !== undefined || graphs.length > 0) return "graph";
  if (f !== undefined) return String(f);
  if (i !== undefined) return String(i);
  if (s !== undefined) return JSON.stringify(textOf(s));
  if (floats.length > 0) return listText(floats);
  if (ints.length > 0) return listText(ints);
  if (strings.length > 0) return listText(strings.map((text) => JSON.stringify(textOf(text))));
  if (t !== undefined) return `tensor [${t.dims.join(", ")}]`;
  if (sparse_tensor !== undefined) return `sparse tensor [${sparse_tensor.dims.join(", ")}]`;
  if (tp !== undefined) return "type";
  return EMPTY[type ?? 0] ?? "";
}

/** What is not written is empty, by the number of `AttributeProto.AttributeType`. */
const EMPTY: Readonly<Record<number, string>> = { 1: "0", 2: "0", 3: '""', 6: "[]", 7: "[]", 8: "[]" };

function textOf({ bytes }: { readonly bytes: Uint8Array | null }): string {
  return bytes === null ? "…" : new TextDecoder().decode(bytes);
}

const MOST_ITEMS = 16;

function listText(items: readonly unknown[]): string {
  const more = items.length > MOST_ITEMS ? `, … ${items.length} in all, ${digest(items)}` : "";
  return `[${items.slice(0, MOST_ITEMS).join(", ")}${more}]`;
}

/** Tells long lists apart (FNV-1a). */
function digest(items: readonly unknown[]): string {
  let hash = 0x811c9dc5;
  for (const character of items.join(",")) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16);
}

/** Attributes of a node by name, as text. */
export function attributesOf(node: NodeProto): ReadonlyMap<string, string> {
  return new Map(node.attribute.map((attribute) => [attribute.name ?? "", attributeText(attribute)]));
}
