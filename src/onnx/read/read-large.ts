/**
 * Messages that may be larger than memory should hold. Fields that fit into the window are read whole; of larger ones,
 * messages are entered, bytes and unknown fields stay in the file, numbers are counted as they pass.
 */

import { FileBytes } from "../graph/blob.js";
import { accepts, type CompiledField, type CompiledMessage, type Draft, setField } from "./draft.js";
import type { FileWindow } from "./file-window.js";
import { listLength, MessageReader, nestedDraft, pathStep } from "./read-message.js";
import { addNumbers, type WireNote } from "./read-scalar.js";
import { NUMBER_WIDTHS, PackedCounter } from "./scan-numbers.js";
import { DELIMITED, DEPTH_LIMIT, endsMessage, isGroup } from "./wire.js";
import { WireFault } from "./wire-fault.js";

/** Bytes of the longest tag and the longest varint after it. */
const HEADER_BYTES = 15;

/** A length-delimited field, by positions in the file. */
interface Extent {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

export class LargeMessageReader {
  private readonly inMemory: MessageReader;

  constructor(
    private readonly window: FileWindow,
    notes: WireNote[],
  ) {
    this.inMemory = new MessageReader(window.source, window.wire, notes);
  }

  /** Reads the outermost message. Returns where it ended: protobuf stops at a tag 0 or an unopened group's end. */
  async readOutermost(message: CompiledMessage, draft: Draft): Promise<number> {
    const { window } = this;
    let at = 0;
    while (at < window.size) {
      await window.hold(at, HEADER_BYTES);
      if (endsMessage(window.wire.tag(window.local(window.size)))) return at;
      at = await this.readField(message, draft, at, window.size, 0);
    }
    return at;
  }

  private async readFields(
    message: CompiledMessage,
    draft: Draft,
    start: number,
    end: number,
    depth: number,
  ): Promise<void> {
    let at = start;
    while (at < end) {
      at = this.readHeldField(message, draft, at, end, depth) ?? (await this.readField(message, draft, at, end, depth));
    }
  }

  /** Reads the field at `start` if the window holds all of it (nearly always), without waiting; returns where it ends. */
  private readHeldField(
    message: CompiledMessage,
    draft: Draft,
    start: number,
    end: number,
    depth: number,
  ): number | null {
    const { window } = this;
    if (!window.holds(start, HEADER_BYTES)) return null;
    window.moveTo(start);
    const tag = window.wire.tag(window.local(end));
    if (isGroup(tag)) return null;
    if ((tag & 7) === DELIMITED && window.wire.delimitedEnd(window.local(end)) > window.wire.bytes.length) return null;
    window.moveTo(start);
    this.inMemory.readField(message, draft, window.local(end), depth);
    return window.position;
  }

  /** Reads the field at `start`; returns where it ends. */
  private async readField(
    message: CompiledMessage,
    draft: Draft,
    start: number,
    end: number,
    depth: number,
  ): Promise<number> {
    const { window } = this;
    await window.hold(start, HEADER_BYTES);
    const tag = window.wire.tag(window.local(end));
    if (isGroup(tag)) return this.readGroup(message, draft, start, end, depth);
    if ((tag & 7) === DELIMITED) {
      const contentEnd = window.wire.base + window.wire.delimitedEnd(window.local(end));
      const extent = { tag, start, content: window.position, end: contentEnd };
      if (extent.end - start > window.capacity) return this.readLarge(message, draft, extent, depth);
      await window.hold(start, extent.end - start);
    }
    window.moveTo(start);
    this.inMemory.readField(message, draft, window.local(end), depth);
    return window.position;
  }

  /** A group has no length: more is held until it ends. ONNX has no groups, only foreign files do. */
  private async readGroup(
    message: CompiledMessage,
    draft: Draft,
    start: number,
    end: number,
    depth: number,
  ): Promise<number> {
    const { window } = this;
    for (let held = window.capacity; ; held *= 2) {
      await window.hold(start, Math.min(held, end - start));
      try {
        this.inMemory.readField(message, draft, Math.min(window.local(end), window.wire.bytes.length), depth);
        return window.position;
      } catch (fault) {
        if (!(fault instanceof WireFault) || window.reaches(end)) throw fault;
      }
    }
  }

  private async readLarge(message: CompiledMessage, draft: Draft, extent: Extent, depth: number): Promise<number> {
    const { tag, start, content, end } = extent;
    const field = message.fields[tag >>> 3];
    if (field === undefined || !accepts(field, DELIMITED)) {
      this.inMemory.keepUnknown(message, draft, tag, start, end - start);
    } else if (field.message !== null) {
      await this.readNested(field, field.message, draft, extent, depth);
    } else if (field.scalar === "blob") {
      setField(draft, field, new FileBytes(this.window.source, content, end - content, null));
    } else if (field.scalar !== null && field.scalar in NUMBER_WIDTHS) {
      await this.countNumbers(field, NUMBER_WIDTHS[field.scalar] ?? null, draft, extent);
    } else {
      await this.window.hold(start, end - start);
      this.inMemory.readField(message, draft, this.window.local(end), depth);
    }
    return end;
  }

  private async readNested(
    field: CompiledField,
    message: CompiledMessage,
    draft: Draft,
    { content, end }: Extent,
    depth: number,
  ): Promise<void> {
    const index = field.repeated ? listLength(draft, field) : null;
    try {
      if (depth >= DEPTH_LIMIT) throw new WireFault("onnx/wire-depth", content);
      const nested = nestedDraft(draft, field, message);
      await this.readFields(message, nested, content, end, depth + 1);
    } catch (fault) {
      throw fault instanceof WireFault ? fault.within(pathStep(field, index)) : fault;
    }
  }

  private async countNumbers(
    field: CompiledField,
    width: number | null,
    draft: Draft,
    { content, end }: Extent,
  ): Promise<void> {
    const counter = new PackedCounter(width, content);
    for (let at = content; at < end; at += this.window.capacity) {
      counter.push(await this.window.source.read(at, Math.min(this.window.capacity, end - at)));
    }
    const packed = new FileBytes(this.window.source, content, end - content, null);
    addNumbers(draft, field, { tagged: false, content: packed }, counter.finish());
  }
}
