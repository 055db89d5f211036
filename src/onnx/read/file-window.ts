import type { ByteSource } from "../../base/bytes/byte-source.js";
import { WireReader } from "./wire.js";

/** Part of a file that is held in memory at a time, unless one field needs more. */
export const WINDOW_BYTES = 2 ** 22;

/** Moves a wire reader's bytes along a file. All positions here count from the start of the file. */
export class FileWindow {
  readonly wire = new WireReader(new Uint8Array(0), 0);

  constructor(
    readonly source: ByteSource,
    private readonly windowBytes: number,
  ) {}

  get size(): number {
    return this.source.size;
  }

  /** Fields of up to this length are read whole. */
  get capacity(): number {
    return this.windowBytes;
  }

  /** Position of the wire reader. */
  get position(): number {
    return this.wire.base + this.wire.pos;
  }

  /** The wire reader's index of a position. */
  local(position: number): number {
    return position - this.wire.base;
  }

  /** Whether the window ends at `end` or later. */
  reaches(end: number): boolean {
    return this.wire.base + this.wire.bytes.length >= end;
  }

  /** Whether `length` bytes from `offset` (or all up to the file's end) are in memory. */
  holds(offset: number, length: number): boolean {
    return offset >= this.wire.base && this.reaches(Math.min(offset + length, this.size));
  }

  /** Puts the reader at a position that the window holds. */
  moveTo(offset: number): void {
    this.wire.pos = offset - this.wire.base;
  }

  /** Loads what {@link holds} asks for, where it is not in memory, and puts the reader at `offset`. */
  async hold(offset: number, length: number): Promise<void> {
    if (!this.holds(offset, length)) {
      const more = Math.min(Math.max(length, this.windowBytes), this.size - offset);
      this.wire.load(await this.source.read(offset, more), offset);
    }
    this.moveTo(offset);
  }
}
