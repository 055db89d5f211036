import type * as z from "zod";
import type { JsonValue } from "../../base/json/parse.js";
import { documentSchema } from "./document.js";

type Schema = z.core.$ZodTypes;

/** The fields that may stand at a place of a document: those of the objects that its schema has there. */
export function knownFields(document: JsonValue, path: readonly (string | number)[]): readonly string[] {
  let value: JsonValue | undefined = document;
  let schemas = alternatives(documentSchema as unknown as Schema, value);
  for (const step of path) {
    value = valueIn(value, step);
    const inner = schemas.flatMap((schema) => stepInto(schema, step));
    schemas = inner.flatMap((schema) => alternatives(schema, value));
  }
  const names = schemas.flatMap(({ _zod: { def } }) => (def.type === "object" ? Object.keys(def.shape) : []));
  return [...new Set(names)];
}

/** What a schema stands for, without what wraps it; of objects that say their kind, the one of the value's. */
function alternatives(schema: Schema, value: JsonValue | undefined): readonly Schema[] {
  const { def } = schema._zod;
  if (def.type === "optional" || def.type === "default") return alternatives(def.innerType as Schema, value);
  if (def.type === "union") return def.options.flatMap((option) => alternatives(option as Schema, value));
  if (def.type !== "object") return [schema];
  const kinds = ["op", "kind"].filter((field) => field in def.shape);
  return kinds.every((field) => mayBe(def.shape[field] as Schema, valueIn(value, field))) ? [schema] : [];
}

function mayBe({ _zod: { def } }: Schema, value: JsonValue | undefined): boolean {
  return def.type !== "literal" || (def.values as readonly unknown[]).includes(value);
}

function stepInto({ _zod: { def } }: Schema, step: string | number): readonly Schema[] {
  if (def.type === "object") return Object.hasOwn(def.shape, step) ? [def.shape[step] as Schema] : [];
  if (def.type === "array") return [def.element as Schema];
  return [];
}

function valueIn(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as { readonly [key: string]: JsonValue })[step];
}
