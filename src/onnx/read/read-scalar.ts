/** Values of scalar fields. Each reader starts after the tag and stops after the value, which ends at or before `end`. */

import type { ByteSource } from "../../base/bytes/byte-source.js";
import { FileBytes } from "../graph/blob.js";
import type { ScalarType } from "../graph/messages.js";
import type { Numbers, NumbersPart } from "../graph/records.js";
import { append, appendUnknown, type CompiledField, type Draft, setField } from "./draft.js";
import { NUMBER_WIDTHS, PackedCounter } from "./scan-numbers.js";
import { decodeEscaped, Utf8Decoder } from "./utf8.js";
import { DELIMITED, type WireReader } from "./wire.js";

/** Something that protobuf's parsers let pass and that is worth telling. */
export interface WireNote {
  readonly kind: "invalid-utf8" | "wire-type";
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** `Message.field`. */
  readonly field: string;
}

/** Bytes up to this many are held in their record; more stay in the file. */
export const HELD_BYTES = 4096;

const LARGEST_ENUM_VALUE: Readonly<Partial<Record<ScalarType, number>>> = { "attribute-type": 14, "data-location": 1 };

/** One occurrence of a scalar field in the file. */
export interface Occurrence {
  readonly field: CompiledField;
  readonly scalar: ScalarType;
  readonly wireType: number;
  /** Index of its tag. */
  readonly start: number;
}

export class ScalarReader {
  private readonly utf8 = new Utf8Decoder();

  constructor(
    private readonly source: ByteSource,
    private readonly wire: WireReader,
    private readonly notes: WireNote[],
  ) {}

  read(occurrence: Occurrence, owner: string, draft: Draft, end: number): void {
    const { wire, source } = this;
    const { field, scalar, wireType, start } = occurrence;
    if (scalar in NUMBER_WIDTHS) {
      this.readNumbers(occurrence, draft, end);
    } else if (wireType === DELIMITED && field.wireType !== DELIMITED) {
      const packedEnd = wire.delimitedEnd(end);
      while (wire.pos < packedEnd) append(draft, field.name, this.value(scalar, packedEnd, owner, field.name));
    } else {
      const value = this.value(scalar, end, owner, field.name);
      if (value !== undefined) setField(draft, field, value);
      else {
        const offset = wire.base + start;
        const content = new FileBytes(source, offset, wire.pos - start, null);
        appendUnknown(draft, { number: field.number, wireType, content, offset });
      }
    }
  }

  /** Undefined for a value that its enumeration does not have. */
  private value(scalar: ScalarType, end: number, owner: string, name: string): unknown {
    switch (scalar) {
      case "string":
        return this.string(end, owner, name);
      case "int64":
        return this.wire.int64(end);
      case "int32":
        return this.wire.int32(end);
      case "float":
        return this.wire.float(end);
      case "blob":
        return this.blob(end);
      default: {
        const value = this.wire.int32(end);
        return value >= 0 && value <= LARGEST_ENUM_VALUE[scalar]! ? value : undefined;
      }
    }
  }

  private string(end: number, owner: string, name: string): string {
    const { wire } = this;
    const stop = wire.delimitedEnd(end);
    const start = wire.pos;
    wire.pos = stop;
    const text = this.utf8.decode(wire.bytes, start, stop);
    if (text !== null) return text;
    this.notes.push({ kind: "invalid-utf8", offset: wire.base + start, field: `${owner}.${name}` });
    return decodeEscaped(wire.bytes.subarray(start, stop));
  }

  private blob(end: number): FileBytes {
    const stop = this.wire.delimitedEnd(end);
    const start = this.wire.pos;
    this.wire.pos = stop;
    return this.held(start, stop);
  }

  private held(start: number, stop: number): FileBytes {
    const length = stop - start;
    const bytes = length <= HELD_BYTES ? new Uint8Array(this.wire.bytes.subarray(start, stop)) : null;
    return new FileBytes(this.source, this.wire.base + start, length, bytes);
  }

  private readNumbers({ field, scalar, wireType, start }: Occurrence, draft: Draft, end: number): void {
    const { wire } = this;
    if (wireType !== DELIMITED) {
      wire.skip(field.number * 8 + wireType, start, end, 0);
      addNumbers(draft, field, { tagged: true, content: this.held(start, wire.pos) }, 1);
      return;
    }
    const stop = wire.delimitedEnd(end);
    const counter = new PackedCounter(NUMBER_WIDTHS[scalar] ?? null, wire.base + wire.pos);
    counter.push(wire.bytes.subarray(wire.pos, stop));
    addNumbers(draft, field, { tagged: false, content: this.held(wire.pos, stop) }, counter.finish());
    wire.pos = stop;
  }
}

interface ReadPart extends NumbersPart {
  readonly content: FileBytes;
}

/** Adds `count` values; single ones that follow each other become one part. */
export function addNumbers(draft: Draft, field: CompiledField, part: ReadPart, count: number): void {
  const before = draft[field.name] as { count: number; parts: ReadPart[] } | undefined;
  if (before === undefined) {
    draft[field.name] = { count, parts: [part] } satisfies Numbers;
    return;
  }
  before.count += count;
  const last = before.parts.length - 1;
  const adjoining = adjoined(before.parts[last]!, part);
  if (adjoining !== null) before.parts[last] = adjoining;
  else before.parts.push(part);
}

function adjoined(first: ReadPart, second: ReadPart): ReadPart | null {
  if (!first.tagged || !second.tagged) return null;
  const [a, b] = [first.content, second.content];
  if (a.offset + a.length !== b.offset) return null;
  const length = a.length + b.length;
  const held = a.bytes !== null && b.bytes !== null && length <= HELD_BYTES;
  const bytes = held ? joined(a.bytes, b.bytes) : null;
  return { tagged: true, content: new FileBytes(a.source, a.offset, length, bytes) };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
