import { type DescField, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { file_onnx, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import type { Blob } from "../../src/onnx/graph/blob.js";
import { MESSAGES, type MessageName } from "../../src/onnx/graph/messages.js";
import type { Int64, Numbers } from "../../src/onnx/graph/records.js";
import { type NumberKind, readNumbers } from "../../src/onnx/read/stored-values.js";
import { foreignModel, foreignModels } from "../unit/onnx-support/fixtures.js";

const nested = (message: DescMessage): DescMessage[] => [message, ...message.nestedMessages.flatMap(nested)];
const peers = new Map(file_onnx.messages.flatMap(nested).map((m) => [m.typeName.replace("onnx.", ""), m]));

const NUMBER_KINDS = new Map<string, NumberKind>([
  ["float_data", "float"],
  ["double_data", "double"],
  ["int32_data", "int32"],
  ["int64_data", "int64"],
  ["uint64_data", "uint64"],
]);

/** A record as onnx-buf would show it: absent fields left out, all integers bigint, all bytes arrays. */
async function plain(name: MessageName, record: Readonly<Record<string, unknown>>): Promise<unknown> {
  const entries: [string, unknown][] = [];
  for (const field of MESSAGES[name]) {
    const value = record[field.name];
    const list = field.repeated ? (value as readonly unknown[]) : value === undefined ? [] : [value];
    if (list.length === 0) continue;
    const shown = await Promise.all(list.map((item) => plainValue(field.name, field.type, item)));
    entries.push([field.name, shown.flat()]);
  }
  return [Object.fromEntries(entries)];
}

async function plainValue(name: string, type: string, value: unknown): Promise<unknown> {
  if (type in MESSAGES) return plain(type as MessageName, value as Readonly<Record<string, unknown>>);
  if (type === "blob") return [[...(await (value as Blob).read())].join()];
  const kind = NUMBER_KINDS.get(name);
  if (kind !== undefined) return (await readNumbers(value as Numbers, kind)).map(plainNumber);
  return [typeof value === "string" ? value : plainNumber(value as Int64)];
}

function plainNumber(value: Int64): unknown {
  return typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : value;
}

function peerMessage(message: ReflectMessage): unknown {
  const entries: [string, unknown][] = [];
  for (const field of message.desc.fields) {
    if (message.isSet(field)) entries.push([field.name, peerValues(message, field)]);
  }
  return Object.fromEntries(entries);
}

function peerValues(message: ReflectMessage, field: DescField): unknown[] {
  const value: unknown = message.get(field);
  if (field.fieldKind === "list")
    return [...(value as Iterable<unknown>)].map((item) => peerValue(field.listKind, item));
  return [peerValue(field.fieldKind, value)];
}

function peerValue(kind: string, value: unknown): unknown {
  if (kind === "message") return peerMessage(value as ReflectMessage);
  if (value instanceof Uint8Array) return [...value].join();
  return typeof value === "string" ? value : plainNumber(value as Int64);
}

describe("decodeModel against onnx-buf", () => {
  it("knows every field that onnx-buf's ONNX 1.20 knows, under the same number, name and multiplicity", () => {
    for (const [typeName, peer] of peers) {
      const ours = new Map<number, { readonly name: string; readonly repeated: boolean }>(
        MESSAGES[typeName as MessageName].map((field) => [field.number, field]),
      );
      for (const field of peer.fields) {
        expect(ours.get(field.number), `${typeName}.${field.name}`).toMatchObject({
          name: field.name,
          repeated: field.fieldKind === "list" && !field.packed,
        });
      }
    }
  });

  it.each(foreignModels)("reads the same values from %s", async (name) => {
    const bytes = foreignModel(name);
    const { message, notes, trailing } = await decodeModel(bytesSource(name, bytes));
    const peer = reflect(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes));
    expect(await plain("ModelProto", { ...message })).toEqual([peerMessage(peer)]);
    expect([notes, trailing]).toEqual([[], null]);
  });
});
