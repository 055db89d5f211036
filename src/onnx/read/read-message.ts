/** Messages that are in memory, to records. */
import type { ByteSource } from "../../base/bytes/byte-source.js";

import { FileBytes } from "../graph/blob.js";
import { accepts, appendUnknown, type CompiledField, type CompiledMessage, type Draft, setField } from "./draft.js";
import { ScalarReader, type WireNote } from "./read-scalar.js";
import { DEPTH_LIMIT, type WireReader } from "./wire.js";
import { WireFault } from "./wire-fault.js";

export class MessageReader {
  private readonly scalars: ScalarReader;

  constructor(
    private readonly source: ByteSource,
    private readonly wire: WireReader,
    private readonly notes: WireNote[],
  ) {
    this.scalars = new ScalarReader(source, wire, notes);
  }

  /** Reads one field, tag included, which ends at or before `end`. */
  readField(message: CompiledMessage, draft: Draft, end: number, depth: number): void {
    const { wire } = this;
    const start = wire.pos;
    const tag = wire.tag(end);
    const field = message.fields[tag >>> 3];
    const wireType = tag & 7;
    if (field === undefined || !accepts(field, wireType)) {
      wire.skip(tag, start, end, depth);
      this.keepUnknown(message, draft, tag, wire.base + start, wire.pos - start);
    } else if (field.message !== null) {
      this.readNested(field, field.message, draft, end, depth);
    } else if (field.scalar !== null) {
      this.scalars.read({ field, scalar: field.scalar, wireType, start }, message.name, draft, end);
    }
  }

  /** Keeps a field that no table has, or that has another wire type than its table says. */
  keepUnknown(message: CompiledMessage, draft: Draft, tag: number, offset: number, length: number): void {
    appendUnknown(draft, {
      number: tag >>> 3,
      wireType: tag & 7,
      content: new FileBytes(this.source, offset, length, null),
      offset,
    });
    const field = message.fields[tag >>> 3];
    if (field !== undefined) this.notes.push({ kind: "wire-type", offset, field: `${message.name}.${field.name}` });
  }

  private readNested(field: CompiledField, message: CompiledMessage, draft: Draft, end: number, depth: number): void {
    const index = field.repeated ? listLength(draft, field) : null;
    try {
      if (depth >= DEPTH_LIMIT) throw this.wire.fault("onnx/wire-depth", this.wire.pos);
      const innerEnd = this.wire.delimitedEnd(end);
      const nested = nestedDraft(draft, field, message);
      while (this.wire.pos < innerEnd) this.readField(message, nested, innerEnd, depth + 1);
    } catch (fault) {
      throw fault instanceof WireFault ? fault.within(pathStep(field, index)) : fault;
    }
  }
}

export function listLength(draft: Draft, field: CompiledField): number {
  return (draft[field.name] as readonly unknown[]).length;
}

/** How paths name a message: `node[3]`, `graph`. */
export function pathStep(field: CompiledField, index: number | null): string {
  return index === null ? field.name : `${field.name}[${index}]`;
}

/** The record to fill: a new one, or, when a single message comes in several parts, the one there is. */
export function nestedDraft(draft: Draft, field: CompiledField, message: CompiledMessage): Draft {
  const existing = draft[field.name];
  if (!field.repeated && existing !== undefined) return existing as Draft;
  const nested = { ...message.empty };
  setField(draft, field, nested);
  return nested;
}
