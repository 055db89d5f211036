/** Records as the reader makes them, and as converters change them, to bytes again. */
import type { ByteSource } from "../../../src/base/bytes/byte-source.js";
import { MESSAGES, type MessageName } from "../../../src/onnx/graph/messages.js";
import type { Blob, ModelProto, Numbers } from "../../../src/onnx/graph/records.js";
import { readBlob } from "../../../src/onnx/read/stored-values.js";
import { field as delimited } from "./wire-writer.js";
import { type Plain, writeRecord } from "./write-record.js";

/** @param source of the file that the record was read from, for values that it leaves there */
export async function recordBytes(model: ModelProto, source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(writeRecord("ModelProto", await plain("ModelProto", model, source)));
}

async function plain(name: MessageName, record: object, source: ByteSource): Promise<Plain> {
  const result: Record<string, unknown> = {};
  const unknown: number[] = [];
  for (const { number, name: key, type, repeated } of MESSAGES[name]) {
    const value = (record as Record<string, unknown>)[key];
    if (value === undefined) continue;
    const one = async (item: unknown): Promise<unknown> => {
      if (type === "blob") return [...(await readBlob(source, item as Blob))];
      return type in MESSAGES ? plain(type as MessageName, item as object, source) : item;
    };
    if (type.endsWith("-numbers")) {
      for (const part of (value as Numbers).parts) {
        if (part.tagged) throw new Error(`${key} is not packed`);
        unknown.push(...delimited(number, [...(await readBlob(source, part))]));
      }
    } else result[key] = repeated ? await Promise.all((value as unknown[]).map(one)) : await one(value);
  }
  return { ...result, unknown };
}
