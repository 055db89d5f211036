/** What a record holds, as data that can be compared: all values read, however they are held. */

import type { Blob } from "../../../src/onnx/graph/blob.js";
import { MESSAGES, type MessageName } from "../../../src/onnx/graph/messages.js";
import type { Message, Numbers, UnknownField } from "../../../src/onnx/graph/records.js";
import { type NumberKind, readNumbers } from "../../../src/onnx/read/stored-values.js";

const NUMBER_KINDS = new Map<string, NumberKind>([
  ["float_data", "float"],
  ["double_data", "double"],
  ["int32_data", "int32"],
  ["int64_data", "int64"],
  ["uint64_data", "uint64"],
]);

export async function contentOf<N extends MessageName>(name: N, record: Message<N>): Promise<object> {
  return fieldsOf(name, record);
}

async function fieldsOf(name: MessageName, record: object): Promise<object> {
  const values = record as Readonly<Record<string, unknown>>;
  const content: Record<string, unknown> = {};
  for (const field of MESSAGES[name]) {
    const value = values[field.name];
    if (value === undefined) continue;
    const items: unknown[] = [];
    for (const item of field.repeated ? (value as readonly unknown[]) : [value]) items.push(await itemOf(field, item));
    content[field.name] = items;
  }
  const unknown: unknown[] = [];
  for (const { number, wireType, content: bytes } of values.unknown as readonly UnknownField[])
    unknown.push([number, wireType, hex(await bytes.read())]);
  return { ...content, unknown };
}

async function itemOf({ name, type }: { readonly name: string; readonly type: string }, item: unknown) {
  if (type in MESSAGES) return fieldsOf(type as MessageName, item as object);
  if (type === "blob") return hex(await (item as Blob).read());
  const kind = NUMBER_KINDS.get(name);
  return kind === undefined ? item : readNumbers(item as Numbers, kind);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
