import type { JsonNode } from "./node.js";

/** A plain value of a JSON text; objects have no prototype, so that every key is an own and ordinary one. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

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
