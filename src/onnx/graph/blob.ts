/** Bytes of a record that come when they are asked for: from memory, from a file, or from whoever makes them. */
import type { ByteSource } from "../../base/bytes/byte-source.js";

/** The value of a field of bytes. Reading it twice does the work twice. */
export interface Blob {
  /** In bytes, known without reading. */
  readonly length: number;
  /** The bytes, where the record holds them; null where they must be read. */
  readonly bytes: Uint8Array | null;
  /** `length` bytes from `offset`; all of them when neither is given. Callers check the range first. */
  read(offset?: number, length?: number): Promise<Uint8Array>;
  /** All bytes in order, piece by piece. */
  produce(): AsyncIterable<Uint8Array>;
}

/** Bytes in memory. */
export class HeldBytes implements Blob {
  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  async read(offset = 0, length = this.length - offset): Promise<Uint8Array> {
    return this.bytes.subarray(offset, offset + length);
  }

  async *produce(): AsyncIterable<Uint8Array> {
    yield this.bytes;
  }
}

/** Part of a file that is in memory at a time. */
const PIECE = 2 ** 20;

/** A range of a file, whose bytes the record holds where they are few. */
export class FileBytes implements Blob {
  constructor(
    readonly source: Pick<ByteSource, "read">,
    /** Bytes from the start of the file. */
    readonly offset: number,
    readonly length: number,
    readonly bytes: Uint8Array | null,
  ) {}

  async read(offset = 0, length = this.length - offset): Promise<Uint8Array> {
    if (this.bytes !== null) return this.bytes.subarray(offset, offset + length);
    return this.source.read(this.offset + offset, length);
  }

  async *produce(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < this.length; at += PIECE) yield await this.read(at, Math.min(PIECE, this.length - at));
  }
}

/** Bytes that are made each time they are read, such as weights that a compile reorders. */
export abstract class MadeBytes implements Blob {
  abstract readonly length: number;
  abstract produce(): AsyncIterable<Uint8Array>;

  get bytes(): null {
    return null;
  }

  async read(offset = 0, length = this.length - offset): Promise<Uint8Array> {
    const wanted = new Uint8Array(length);
    let at = 0;
    for await (const piece of this.produce()) {
      const part = piece.subarray(Math.max(offset - at, 0), Math.max(offset + length - at, 0));
      wanted.set(part, Math.max(at - offset, 0));
      at += piece.length;
      if (at >= offset + length) break;
    }
    return wanted;
  }
}

/** The bytes of a text in UTF-8. */
export function textBytes(text: string): Blob {
  return new HeldBytes(new TextEncoder().encode(text));
}
