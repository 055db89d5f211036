import type { JsonNode } from "./node.js";

/** A plain value of a JSON text; objects have no prototype, so that every key is an own and ordinary one. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A value as a message shows it: short, whatever it is. */
export function shortText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

export function toValue(node: JsonNode): JsonValue {
  switch (node.kind) {
    case "object": {
      const object: Record<string, JsonValue> = Object.create(null);
      for (const { key, value } of node.members) object[key] = toValue(value);
      return object;
    }
    case "array":
      return node.items.map(toValue);
    default:
      return node.value;
  }
}
