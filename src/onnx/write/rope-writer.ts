/** One message in the making: what is small goes through protobufjs's writer, what is large or not yet there stays apart. */
import protobuf from "protobufjs/minimal.js";
import type { Blob } from "../graph/blob.js";
import type { Int64 } from "../graph/records.js";
import { encodeEscaped } from "../read/utf8.js";
import type { Piece, Rope } from "./rope.js";

/** Held bytes up to this many are copied into the message. */
const COPIED = 2 ** 16;

/** A message inside the one that is written. */
interface Frame {
  /** Where its length goes: a position in the writer, or, once that was flushed, an index of the pieces. */
  at: number;
  /** Bytes that were flushed before its content; null while its length is still in the writer. */
  flushed: number | null;
}

const NO_BYTES = new Uint8Array(0);

export class RopeWriter {
  private writer = protobuf.Writer.create();
  private readonly pieces: Piece[] = [];
  private readonly open: Frame[] = [];
  /** Bytes of the pieces. */
  private flushed = 0;

  /** What was written. */
  finish(): Rope {
    this.flush();
    return this.pieces;
  }

  /** Begins a message inside this one, or a run of packed values. */
  begin(): void {
    this.open.push({ at: this.writer.pos, flushed: null });
    this.writer.fork();
  }

  /** Ends it, and puts its length before it. */
  end(): void {
    const { at, flushed } = this.open.pop()!;
    if (flushed === null) {
      this.writer.ldelim();
      return;
    }
    this.flush();
    // Lengths may pass 2^32, which is why they do not go as uint32.
    const header = protobuf.Writer.create()
      .uint64(this.flushed - flushed)
      .finish();
    this.pieces[at] = header;
    this.flushed += header.length;
  }

  tag(number: number, wireType: number): this {
    this.writer.uint32(number * 8 + wireType);
    return this;
  }

  int32(value: number): void {
    this.writer.int32(value);
  }

  int64(value: Int64): void {
    if (typeof value === "bigint") {
      const bits = new protobuf.util.LongBits(Number(value & 0xffffffffn), Number((value >> 32n) & 0xffffffffn));
      this.writer.int64(bits.toLong());
    } else {
      // protobufjs would write NaN and fractions as some other integer.
      if (!Number.isSafeInteger(value)) throw new Error(`an integer field cannot hold ${value}`);
      this.writer.int64(value);
    }
  }

  float(value: number): void {
    this.writer.float(value);
  }

  string(text: string): void {
    const escaped = encodeEscaped(text);
    if (escaped === null) this.writer.string(text);
    else this.writer.bytes(escaped);
  }

  /** Bytes after their length. */
  delimitedBlob(blob: Blob): void {
    this.writer.uint64(blob.length);
    this.rawBlob(blob);
  }

  /** Bytes as they are. */
  rawBlob(blob: Blob): void {
    const { bytes } = blob;
    if (bytes !== null && bytes.length <= COPIED) {
      this.writer.raw(bytes);
      return;
    }
    this.flush();
    this.push(bytes ?? blob);
  }

  /** Makes pieces of what the writer holds, cut where the lengths of open messages go. */
  private flush(): void {
    if (this.writer.pos === 0) return;
    const bytes = this.writer.finish();
    this.writer = protobuf.Writer.create();
    let from = 0;
    for (const frame of this.open) {
      if (frame.flushed !== null) continue;
      this.push(bytes.subarray(from, frame.at));
      from = frame.at + 1;
      frame.at = this.pieces.push(NO_BYTES) - 1;
      frame.flushed = this.flushed;
    }
    this.push(bytes.subarray(from));
  }

  private push(piece: Piece): void {
    this.pieces.push(piece);
    this.flushed += piece.length;
  }
}
