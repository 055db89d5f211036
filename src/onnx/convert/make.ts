/** The few records that converters make. */

import { littleEndian } from "../../tensors/decode-floats.js";
import { float32ToFloat16Bits } from "../../tensors/half-float.js";
import { HeldBytes } from "../graph/blob.js";
import * as build from "../graph/build.js";
import { type ElementTypeName, elementType } from "../graph/element-types.js";
import type { AttributeProto, Int64, Message, NodeProto, TensorProto } from "../graph/records.js";

export function nodeOf(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly AttributeProto[] = [],
): NodeProto {
  return build.node(op_type, input, output, { name: output[0], attribute });
}

/** An import of ai.onnx. */
export function opsetImport(version: number): Message<"OperatorSetIdProto"> {
  return build.opset(version, "");
}

export function intAttribute(name: string, i: Int64): AttributeProto {
  return build.attribute(name, { i });
}

export function textAttribute(name: string, text: string): AttributeProto {
  return build.attribute(name, { s: text });
}

/** A Constant node; its tensor has no name. */
export function constantNode(output: string, tensor: TensorProto): NodeProto {
  return nodeOf("Constant", [], [output], [build.attribute("value", { t: tensor })]);
}

/** A vector of int64. */
export function int64Tensor(values: readonly Int64[]): TensorProto {
  return rawTensor("INT64", [values.length], BigInt64Array.from(values, BigInt));
}

/** A vector of float. */
export function floatTensor(values: readonly number[]): TensorProto {
  return rawTensor("FLOAT", [values.length], Float32Array.from(values));
}

type Numbers = Parameters<typeof littleEndian>[0];

const SCALARS: Readonly<Partial<Record<ElementTypeName, (value: number) => Numbers>>> = {
  FLOAT: (value) => Float32Array.of(value),
  FLOAT16: (value) => float32ToFloat16Bits(Float32Array.of(value)),
  DOUBLE: (value) => Float64Array.of(value),
};

/** A scalar of a floating-point type (`TensorProto.DataType`); null of another. */
export function scalarTensor(dataType: number, value: number): TensorProto | null {
  const name = elementType(dataType)?.name as ElementTypeName | undefined;
  const values = name && SCALARS[name]?.(value);
  return name === undefined || values === undefined ? null : rawTensor(name, [], values);
}

function rawTensor(type: ElementTypeName, dims: readonly number[], values: Numbers): TensorProto {
  return { ...build.tensor("", type, dims, new HeldBytes(littleEndian(values))), name: undefined };
}
