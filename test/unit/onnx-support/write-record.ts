/** Protobuf bytes of messages given as plain objects in ONNX's spelling, field by field after the reader's own table. */
import { MESSAGES, type MessageName } from "../../../src/onnx/graph/messages.js";
import { field as delimited, int, tag, varint } from "./wire-writer.js";

/** Lists of bytes for blobs, lists of numbers for packed values; `unknown` is bytes as they are. */
export type Plain = { readonly [field: string]: unknown };

type Writer = (number: number, value: never) => number[];

function fixed(value: number, width: 4 | 8): number[] {
  const view = new DataView(new ArrayBuffer(width));
  if (width === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer)];
}

const packed =
  (one: (value: number) => number[]) =>
  (number: number, values: readonly number[]): number[] =>
    delimited(number, values.flatMap(one));

const WRITERS: Readonly<Record<string, Writer>> = {
  int32: int,
  int64: int,
  float: (number: number, value: number) => [...tag(number, 5), ...fixed(value, 4)],
  string: delimited,
  blob: delimited,
  "attribute-type": int,
  "data-location": int,
  "int32-numbers": packed(varint),
  "int64-numbers": packed(varint),
  "float-numbers": packed((value) => fixed(value, 4)),
  "double-numbers": packed((value) => fixed(value, 8)),
};

export function writeRecord(name: MessageName, record: Plain): number[] {
  const bytes: number[] = [];
  for (const { number, name: key, type, repeated } of MESSAGES[name]) {
    const value = record[key];
    if (value === undefined) continue;
    for (const item of repeated ? (value as readonly unknown[]) : [value]) {
      const write = WRITERS[type];
      const part =
        write === undefined
          ? delimited(number, writeRecord(type as MessageName, item as Plain))
          : write(number, item as never);
      for (const byte of part) bytes.push(byte);
    }
  }
  for (const byte of (record.unknown as readonly number[] | undefined) ?? []) bytes.push(byte);
  return bytes;
}
