/** `AttributeProto.AttributeType`: onnx-proto's enumeration, and the field that holds a value of each type. */
import pkg, { type onnx as onnxTypes } from "onnx-proto";
import type { AttributeProto } from "./records.js";

const { AttributeType } = pkg.onnx.AttributeProto;

export type AttributeTypeName = keyof typeof onnxTypes.AttributeProto.AttributeType;

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

const names = new Map(Object.entries(AttributeType).map(([name, code]) => [code, name as AttributeTypeName]));

/** UNDEFINED for an attribute without type. */
export function attributeTypeName({ type }: Pick<AttributeProto, "type">): AttributeTypeName {
  return (type === undefined ? undefined : names.get(type)) ?? "UNDEFINED";
}

export function attributeTypeCode(name: AttributeTypeName): number {
  return AttributeType[name];
}
