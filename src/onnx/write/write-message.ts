/**
 * Records to protobuf, whatever the message: what the table of messages knows, and unknown fields after it. Blobs that
 * are not held stay in the rope as they are, to be read or made while the file is written.
 */
import type { Blob } from "../graph/blob.js";
import { NOTHING } from "../graph/empty.js";
import type { MessageName, ScalarType } from "../graph/messages.js";
import type { Int64, Message, Numbers, UnknownField } from "../graph/records.js";
import { DELIMITED, FIXED32, VARINT, type WrittenField, writtenFields } from "./fields.js";
import { concatenate, type Rope } from "./rope.js";
import { RopeWriter } from "./rope-writer.js";

export function messageRope<N extends MessageName>(name: N, record: Message<N>): Rope {
  const writer = new RopeWriter();
  writeFields(writer, fieldWriters(name), record);
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

/** Writes what a field of a record holds: a value, or a list of them. */
interface FieldWriter {
  readonly name: string;
  readonly write: (writer: RopeWriter, value: unknown) => void;
}

const known = new Map<MessageName, readonly FieldWriter[]>();

function fieldWriters(name: MessageName): readonly FieldWriter[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  const writers = writtenFields(name).map((field): FieldWriter => ({ name: field.name, write: fieldWriter(field) }));
  known.set(name, writers);
  return writers;
}

function fieldWriter({ number, repeated, scalar, message }: WrittenField): FieldWriter["write"] {
  if (scalar !== null && repeated && scalar in PACKED) return packedWriter(number, PACKED[scalar]!);
  const write = scalar === null ? messageWriter(number, message!) : valueWriter(number, SCALARS[scalar]);
  if (!repeated) return write;
  return (writer, list) => {
    for (const value of list as readonly unknown[]) write(writer, value);
  };
}

function writeFields(writer: RopeWriter, fields: readonly FieldWriter[], record: object): void {
  const values = record as Readonly<Record<string, unknown>>;
  for (const { name, write } of fields) {
    const value = values[name];
    if (value !== undefined && value !== NOTHING) write(writer, value);
  }
  const unknown = values.unknown as readonly UnknownField[];
  if (unknown !== NOTHING) for (const { content } of unknown) writer.rawBlob(content);
}

function messageWriter(number: number, message: MessageName): FieldWriter["write"] {
  // Messages hold each other, so that a message's fields are asked for when it is met.
  let fields: readonly FieldWriter[] | undefined;
  return (writer, value) => {
    fields ??= fieldWriters(message);
    writer.tag(number, DELIMITED);
    writer.begin();
    writeFields(writer, fields, value as object);
    writer.end();
  };
}

function valueWriter(number: number, write: WriteScalar): FieldWriter["write"] {
  return (writer, value) => write(writer, number, value);
}

type WritePacked = (writer: RopeWriter, value: unknown) => void;

/** Scalars whose lists are written as one run of values, as in onnx.proto3. */
const PACKED: Readonly<Partial<Record<ScalarType, WritePacked>>> = {
  int32: (writer, value) => writer.int32(value as number),
  int64: (writer, value) => writer.int64(value as Int64),
  float: (writer, value) => writer.float(value as number),
};

function packedWriter(number: number, write: WritePacked): FieldWriter["write"] {
  return (writer, list) => {
    const values = list as readonly unknown[];
    if (values.length === 0) return;
    writer.tag(number, DELIMITED);
    writer.begin();
    for (const value of values) write(writer, value);
    writer.end();
  };
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
