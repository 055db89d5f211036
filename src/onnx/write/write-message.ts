/**
 * Records to protobuf, whatever the message: what the table of messages knows, and unknown fields after it. Blobs that
 * are not held stay in the rope as they are, to be read or made while the file is written.
 */
import type { Blob } from "../graph/blob.js";
import type { MessageName, ScalarType } from "../graph/messages.js";
import type { Int64, Message, Numbers, UnknownField } from "../graph/records.js";
import { DELIMITED, FIXED32, VARINT, type WrittenField, writtenFields } from "./fields.js";
import { concatenate, type Rope } from "./rope.js";
import { RopeWriter } from "./rope-writer.js";

export function messageRope<N extends MessageName>(name: N, record: Message<N>): Rope {
  const writer = new RopeWriter();
  writeFields(writer, name, record);
  return writer.finish();
}

/** The bytes of a record that holds all its values; that it does is the caller's to know. */
export function messageBytes<N extends MessageName>(name: N, record: Message<N>): Uint8Array {
  return concatenate(
    messageRope(name, record).map((piece) => {
      if (piece instanceof Uint8Array) return piece;
      throw new Error(`${name} has values that must be read`);
    }),
  );
}

/** The record of any message, by the names of its table. */
type Fields = Readonly<Record<string, unknown>>;

function writeFields(writer: RopeWriter, name: MessageName, record: object): void {
  const values = record as Fields;
  for (const field of writtenFields(name)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.message !== null) writeMessages(writer, field, field.message, value);
    else writeScalars(writer, field, field.scalar!, value);
  }
  for (const { content } of values.unknown as readonly UnknownField[]) writer.rawBlob(content);
}

function writeMessages(writer: RopeWriter, field: WrittenField, message: MessageName, value: unknown): void {
  for (const each of field.repeated ? (value as readonly object[]) : [value as object]) {
    writer.tag(field.number, DELIMITED).begin();
    writeFields(writer, message, each);
    writer.end();
  }
}

function writeScalars(writer: RopeWriter, field: WrittenField, scalar: ScalarType, value: unknown): void {
  if (scalar in PACKED && field.repeated) {
    const values = value as readonly unknown[];
    if (values.length > 0) writePacked(writer, field.number, scalar, values);
    return;
  }
  const write = SCALARS[scalar];
  for (const each of field.repeated ? (value as readonly unknown[]) : [value]) write(writer, field.number, each);
}

/** Scalars whose lists are written as one run of values, as in onnx.proto3. */
const PACKED: Readonly<Partial<Record<ScalarType, (writer: RopeWriter, value: unknown) => void>>> = {
  int32: (writer, value) => writer.int32(value as number),
  int64: (writer, value) => writer.int64(value as Int64),
  float: (writer, value) => writer.float(value as number),
};

function writePacked(writer: RopeWriter, number: number, scalar: ScalarType, values: readonly unknown[]): void {
  const write = PACKED[scalar]!;
  writer.tag(number, DELIMITED).begin();
  for (const value of values) write(writer, value);
  writer.end();
}

type WriteScalar = (writer: RopeWriter, number: number, value: unknown) => void;

const int32: WriteScalar = (writer, number, value) => writer.tag(number, VARINT).int32(value as number);

/** Packed values stay as they are encoded; single ones have their tags with them. */
const numbers: WriteScalar = (writer, number, value) => {
  for (const { tagged, content } of (value as Numbers).parts) {
    if (tagged) writer.rawBlob(content);
    else writer.tag(number, DELIMITED).delimitedBlob(content);
  }
};

const SCALARS: Readonly<Record<ScalarType, WriteScalar>> = {
  int32,
  int64: (writer, number, value) => writer.tag(number, VARINT).int64(value as Int64),
  float: (writer, number, value) => writer.tag(number, FIXED32).float(value as number),
  string: (writer, number, value) => writer.tag(number, DELIMITED).string(value as string),
  blob: (writer, number, value) => writer.tag(number, DELIMITED).delimitedBlob(value as Blob),
  "attribute-type": int32,
  "data-location": int32,
  "int32-numbers": numbers,
  "int64-numbers": numbers,
  "float-numbers": numbers,
  "double-numbers": numbers,
};
