/** The few records that converters make. */
import { float32ToFloat16Bits } from "../../tensors/half-float.js";
import { type Blob, HeldBytes } from "../graph/blob.js";
import type { MessageName } from "../graph/messages.js";
import type { AttributeProto, Int64, Message, NodeProto, TensorProto } from "../graph/records.js";
import { compiledMessage } from "../read/draft.js";

const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;
const DOUBLE = 11;

const ATTRIBUTE_TYPES = { INT: 2, STRING: 3, TENSOR: 4 } as const;

function message<N extends MessageName>(name: N, fields: Partial<Message<N>>): Message<N> {
  return { ...(compiledMessage(name).empty as unknown as Message<N>), ...fields };
}

function blob(bytes: Uint8Array): Blob {
  return new HeldBytes(bytes);
}

export function nodeOf(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly AttributeProto[] = [],
): NodeProto {
  return message("NodeProto", { op_type, name: output[0], input, output, attribute });
}

/** An import of ai.onnx. */
export function opsetImport(version: number): Message<"OperatorSetIdProto"> {
  return message("OperatorSetIdProto", { domain: "", version });
}

export function intAttribute(name: string, i: Int64): AttributeProto {
  return message("AttributeProto", { name, i, type: ATTRIBUTE_TYPES.INT });
}

export function textAttribute(name: string, text: string): AttributeProto {
  return message("AttributeProto", { name, s: blob(new TextEncoder().encode(text)), type: ATTRIBUTE_TYPES.STRING });
}

/** A Constant node; its tensor has no name. */
export function constantNode(output: string, tensor: TensorProto): NodeProto {
  const value = message("AttributeProto", { name: "value", t: tensor, type: ATTRIBUTE_TYPES.TENSOR });
  return nodeOf("Constant", [], [output], [value]);
}

/** A vector of int64. */
export function int64Tensor(values: readonly Int64[]): TensorProto {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true);
  return rawTensor(INT64, [values.length], view);
}

/** A vector of float. */
export function floatTensor(values: readonly number[]): TensorProto {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return rawTensor(FLOAT, [values.length], view);
}

const SCALARS: Readonly<Partial<Record<number, (value: number) => DataView<ArrayBuffer>>>> = {
  [FLOAT]: (value) => written(4, (view) => view.setFloat32(0, value, true)),
  [FLOAT16]: (value) => written(2, (view) => view.setUint16(0, float32ToFloat16Bits(Float32Array.of(value))[0]!, true)),
  [DOUBLE]: (value) => written(8, (view) => view.setFloat64(0, value, true)),
};

function written(width: number, write: (view: DataView) => void): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(width));
  write(view);
  return view;
}

/** A scalar of a floating-point type (`TensorProto.DataType`); null of another. */
export function scalarTensor(dataType: number, value: number): TensorProto | null {
  const view = SCALARS[dataType]?.(value);
  return view === undefined ? null : rawTensor(dataType, [], view);
}

function rawTensor(data_type: number, dims: readonly number[], view: DataView<ArrayBuffer>): TensorProto {
  return message("TensorProto", { data_type, dims, raw_data: blob(new Uint8Array(view.buffer)) });
}
