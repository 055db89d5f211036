/** Records in a line: what is not given is absent. */
import { littleEndian } from "../../tensors/decode-floats.js";
import { elementCount, type LazyTensor } from "../../tensors/tensor.js";
import { attributeTypeCode, VALUE_TYPES } from "./attribute-types.js";
import { type Blob, HeldBytes, textBytes } from "./blob.js";
import { type ElementTypeName, elementCode } from "./element-types.js";
import { emptyRecord } from "./empty.js";
import { FloatBytes, type FloatTypeName } from "./float-bytes.js";
import type { MessageName } from "./messages.js";
import type {
  AttributeProto,
  GraphProto,
  Int64,
  Message,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./records.js";

/** A record of any message with the given fields. */
export function record<N extends MessageName>(name: N, fields: Partial<Message<N>>): Message<N> {
  return { ...emptyRecord(name), ...fields };
}

/** A model; it needs `ir_version`, `opset_import` and a graph to be valid. */
export function model(fields: Partial<ModelProto>): ModelProto {
  return record("ModelProto", fields);
}

/** A graph; its nodes each come after those whose values they read. */
export function graph(fields: Partial<GraphProto>): GraphProto {
  return record("GraphProto", fields);
}

/**
 * A node.
 *
 * @param op_type the operator, of ai.onnx unless `fields` has a `domain`
 * @param input an empty name is an absent optional input
 * @param fields such as `name` and `attribute`
 */
export function node(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  fields: Partial<NodeProto> = {},
): NodeProto {
  return record("NodeProto", { op_type, input, output, ...fields });
}

/** The value of an attribute, in the field of its type. */
export type AttributeValue =
  | { readonly i: Int64 }
  | { readonly f: number }
  | { readonly s: string | Blob }
  | { readonly ints: readonly Int64[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly (string | Blob)[] }
  | { readonly g: GraphProto }
  | { readonly t: TensorProto };

/** An attribute of a node, with the type that its value says. */
export function attribute(name: string, value: AttributeValue): AttributeProto {
  const [, type] = VALUE_TYPES.find(([field]) => field in value)!;
  return record("AttributeProto", { name, type: attributeTypeCode(type), ...fieldOf(value) });
}

function fieldOf(value: AttributeValue): Partial<AttributeProto> {
  if ("s" in value) return { s: asBytes(value.s) };
  if ("strings" in value) return { strings: value.strings.map(asBytes) };
  return value;
}

function asBytes(text: string | Blob): Blob {
  return typeof text === "string" ? textBytes(text) : text;
}

/** A size, a symbol, or null where nothing is known. Sizes that no tensor has, and no double holds exactly, count as unknown. */
export type Dimension = Int64 | string | null;

/**
 * A tensor that is an input or output, or declared.
 *
 * @param shape absent: of unknown rank
 */
export function valueInfo(name: string, type: ElementTypeName, shape?: readonly Dimension[]): ValueInfoProto {
  const tensor_type = {
    ...emptyRecord("TypeProto.Tensor"),
    elem_type: elementCode(type),
    shape: shape && { ...emptyRecord("TensorShapeProto"), dim: shape.map(dimension) },
  };
  return { ...emptyRecord("ValueInfoProto"), name, type: { ...emptyRecord("TypeProto"), tensor_type } };
}

function dimension(size: Dimension): Message<"TensorShapeProto.Dimension"> {
  const unknown = emptyRecord("TensorShapeProto.Dimension");
  if (size === null || (typeof size === "number" && !Number.isSafeInteger(size))) return unknown;
  return typeof size === "string" ? { ...unknown, dim_param: size } : { ...unknown, dim_value: size };
}

/** A tensor of any type, with its values as `raw_data` has them: little-endian. */
export function tensor(
  name: string,
  type: ElementTypeName,
  dims: readonly number[],
  values: Blob | Uint8Array,
): TensorProto {
  const raw_data = values instanceof Uint8Array ? new HeldBytes(values) : values;
  return record("TensorProto", { name, data_type: elementCode(type), dims, raw_data });
}

/** A float tensor whose values come when the file is written. */
export function floatTensor(name: string, type: FloatTypeName, values: LazyTensor): TensorProto {
  return tensor(name, type, values.shape, new FloatBytes(type, values, name));
}

/** An INT64 tensor of values that are at hand, such as a shape. */
export function intTensor(name: string, dims: readonly number[], values: readonly Int64[]): TensorProto {
  // A mismatch is a defect of the caller, not of any input.
  if (elementCount(dims) !== values.length) {
    throw new Error(`initializer ${name} has ${values.length} values for the dimensions [${dims.join(", ")}]`);
  }
  return tensor(name, "INT64", dims, littleEndian(BigInt64Array.from(values, BigInt)));
}

/** A vector of floats that is held in memory, such as scales: its values are known to whoever infers types. */
export function floatVector(name: string, values: readonly number[]): TensorProto {
  return tensor(name, "FLOAT", [values.length], littleEndian(Float32Array.from(values)));
}

/** A version of the operators of a domain; of ai.onnx without one. */
export function opset(version: number, domain?: string): Message<"OperatorSetIdProto"> {
  return record("OperatorSetIdProto", { domain, version });
}

/** An entry of `metadata_props` or `external_data`. */
export function property(key: string, value: string): Message<"StringStringEntryProto"> {
  return record("StringStringEntryProto", { key, value });
}
