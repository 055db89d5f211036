/**
 * Records as texts that are equal exactly where the records hold the same: floats by their bits (a NaN is a NaN), texts
 * and bytes by their bytes, lists in their order. An absent number or text is its default, as it is to every reader; in
 * a oneof it is absent. What a comparison leaves out is left out here.
 */
import type { Blob } from "../graph/blob.js";
import { MESSAGES, type MessageName, type ScalarType } from "../graph/messages.js";
import type { Message, Numbers, UnknownField } from "../graph/records.js";
import { NOT_COMPARED } from "./not-compared.js";
import { bytesKey, hexText, MOST_PLAIN, sha256 } from "./sha256.js";

/** Longer texts are told apart by their SHA-256. */
const MOST_TEXT = 4096;

export async function canonicalText<N extends MessageName>(name: N, record: Message<N>): Promise<string> {
  const writer = new CanonicalWriter();
  writer.message(name, record as unknown as Draft);
  return writer.text();
}

/** Records of a list, in their order or whatever their order. */
export async function listText<N extends MessageName>(
  name: N,
  records: readonly Message<N>[],
  inAnyOrder = false,
): Promise<string> {
  const texts: string[] = [];
  for (const record of records) texts.push(await canonicalText(name, record));
  return (inAnyOrder ? texts.sort() : texts).join("\n");
}

/** What fields that this version of ONNX does not have hold; empty where there are none. */
export async function unknownText(fields: readonly UnknownField[]): Promise<string> {
  if (fields.length === 0) return "";
  const writer = new CanonicalWriter();
  writer.unknown(fields);
  return writer.text();
}

/** A record by the names of its table. */
type Draft = Readonly<Record<string, unknown>>;

type Field = (typeof MESSAGES)[MessageName][number];

const compared = new Map<MessageName, readonly Field[]>();

function comparedFields(name: MessageName): readonly Field[] {
  const known = compared.get(name);
  if (known !== undefined) return known;
  const left = new Set<string>(NOT_COMPARED[name]);
  const fields = MESSAGES[name].filter((field) => !left.has(field.name));
  compared.set(name, fields);
  return fields;
}

class CanonicalWriter {
  private readonly parts: string[] = [];
  private readonly waiting: { readonly at: number; readonly content: Blob }[] = [];

  async text(): Promise<string> {
    for (const { at, content } of this.waiting) this.parts[at] = await bytesKey(await content.read());
    const text = this.parts.join("");
    return text.length <= MOST_TEXT ? text : `#${await sha256(new TextEncoder().encode(text))}`;
  }

  message(name: MessageName, record: Draft): void {
    this.parts.push("{");
    for (const field of comparedFields(name)) this.field(field, record[field.name]);
    const unknown = record.unknown as readonly UnknownField[];
    if (unknown.length > 0) this.unknown(unknown);
    this.parts.push("}");
  }

  unknown(fields: readonly UnknownField[]): void {
    for (const { number, wireType, content } of fields) {
      this.parts.push(`?${number}:${wireType}:${content.length}`);
      this.toRead(content);
    }
  }

  private field(field: Field, value: unknown): void {
    if (value === undefined || (!("oneof" in field) && isDefault(value))) return;
    this.parts.push(`${field.number}:`);
    for (const item of field.repeated ? (value as readonly unknown[]) : [value]) {
      if (field.type in MESSAGES) this.message(field.type as MessageName, item as Draft);
      else SCALARS[field.type as ScalarType](this, item);
      this.parts.push(",");
    }
  }

  plain(text: string): void {
    this.parts.push(text);
  }

  blob(content: Blob): void {
    const { bytes, length } = content;
    this.parts.push(`${length}`);
    if (bytes !== null && bytes.length <= MOST_PLAIN) this.parts.push(`x${hexText(bytes)}`);
    else this.toRead(content);
  }

  numbers({ count, parts }: Numbers): void {
    this.parts.push(`${count}`);
    for (const { tagged, content } of parts) {
      this.parts.push(tagged ? "t" : "p");
      this.blob(content);
    }
  }

  private toRead(content: Blob): void {
    this.waiting.push({ at: this.parts.length, content });
    this.parts.push("");
  }
}

function isDefault(value: unknown): boolean {
  return value === "" || Object.is(value, 0) || (Array.isArray(value) && value.length === 0);
}

const plain = (writer: CanonicalWriter, value: unknown): void => writer.plain(String(value));
const numbers = (writer: CanonicalWriter, value: unknown): void => writer.numbers(value as Numbers);

const SCALARS: Readonly<Record<ScalarType, (writer: CanonicalWriter, value: unknown) => void>> = {
  int32: plain,
  int64: plain,
  float: (writer, value) => writer.plain(Object.is(value, -0) ? "-0" : String(value)),
  string: (writer, value) => writer.plain(JSON.stringify(value)),
  blob: (writer, value) => writer.blob(value as Blob),
  "attribute-type": plain,
  "data-location": plain,
  "int32-numbers": numbers,
  "int64-numbers": numbers,
  "float-numbers": numbers,
  "double-numbers": numbers,
};
