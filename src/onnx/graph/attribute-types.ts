/** `AttributeProto.AttributeType`, which a test holds to onnx-proto's enumeration, and the field that holds a value of each type. */
import type { AttributeProto } from "./records.js";

/** Their numbers are their places. */
const NAMES = [
  "UNDEFINED",
  "FLOAT",
  "INT",
  "STRING",
  "TENSOR",
  "GRAPH",
  "FLOATS",
  "INTS",
  "STRINGS",
  "TENSORS",
  "GRAPHS",
  "SPARSE_TENSOR",
  "SPARSE_TENSORS",
  "TYPE_PROTO",
  "TYPE_PROTOS",
] as const;

export type AttributeTypeName = (typeof NAMES)[number];

/** The fields that can hold a value, with the type that goes with each; order of the official checker. */
export const VALUE_TYPES = [
  ["f", "FLOAT"],
  ["i", "INT"],
  ["s", "STRING"],
  ["t", "TENSOR"],
  ["g", "GRAPH"],
  ["tp", "TYPE_PROTO"],
  ["sparse_tensor", "SPARSE_TENSOR"],
  ["floats", "FLOATS"],
  ["ints", "INTS"],
  ["strings", "STRINGS"],
  ["tensors", "TENSORS"],
  ["graphs", "GRAPHS"],
  ["sparse_tensors", "SPARSE_TENSORS"],
  ["type_protos", "TYPE_PROTOS"],
] as const satisfies readonly (readonly [keyof AttributeProto, AttributeTypeName])[];

/** UNDEFINED for an attribute without type. */
export function attributeTypeName({ type }: Pick<AttributeProto, "type">): AttributeTypeName {
  return NAMES[type ?? 0] ?? "UNDEFINED";
}

export function attributeTypeCode(name: AttributeTypeName): number {
  return NAMES.indexOf(name);
}
