/**
 * The protobuf wire format, as Google's C++ parser reads it: padded varints up to 10 bytes (5 for tags and lengths)
 * pass, groups are skipped, everything else that is malformed is refused.
 * https://protobuf.dev/programming-guides/encoding
 */
import type { Int64 } from "../graph/records.js";
import { WireFault, type WireFaultCode } from "./wire-fault.js";

export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
export const FIXED32 = 5;

/** Nested messages and groups allowed below the outermost message: protobuf's default. */
export const DEPTH_LIMIT = 100;

const VARINT_BYTES = 10;
const TAG_BYTES = 5;

export class WireReader {
  /** Index into {@link bytes} of the next byte. */
  pos = 0;
  /** Low and high 32 bits of the varint last read. */
  private low = 0;
  private high = 0;
  private view: DataView;

  constructor(
    private content: Uint8Array,
    /** Offset in the file of the first byte. */
    private start: number,
  ) {
    this.view = viewOf(content);
  }

  get bytes(): Uint8Array {
    return this.content;
  }

  get base(): number {
    return this.start;
  }

  /** Continues with other bytes of the same file. */
  load(content: Uint8Array, start: number): void {
    this.content = content;
    this.start = start;
    this.view = viewOf(content);
    this.pos = 0;
  }

  fault(code: WireFaultCode, pos: number): WireFault {
    return new WireFault(code, this.start + pos);
  }

  /** A field's number and wire type in one number, both unchecked. */
  tag(end: number): number {
    const first = this.content[this.pos]!;
    if (first < 128 && this.pos < end) {
      this.pos++;
      return first;
    }
    this.varint(end, TAG_BYTES);
    return this.low >>> 0;
  }

  /** Start and checked end of a length-delimited value. */
  delimitedEnd(end: number): number {
    const start = this.pos;
    this.varint(end, VARINT_BYTES);
    const length = (this.high >>> 0) * 2 ** 32 + (this.low >>> 0);
    if (this.pos - start > TAG_BYTES) throw this.fault("onnx/wire-varint", start);
    if (length > end - this.pos) throw this.fault("onnx/wire-length", start);
    return this.pos + length;
  }

  int32(end: number): number {
    this.varint(end, VARINT_BYTES);
    return this.low;
  }

  int64(end: number): Int64 {
    this.varint(end, VARINT_BYTES);
    return joinInt64(this.low, this.high);
  }

  uint64(end: number): Int64 {
    const value = this.int64(end);
    return value < 0 ? normalised(BigInt.asUintN(64, BigInt(value))) : value;
  }

  double(end: number): number {
    return this.view.getFloat64(this.take(8, end), true);
  }

  float(end: number): number {
    return this.view.getFloat32(this.take(4, end), true);
  }

  /** Steps over the value of a field whose tag, at `start`, has been read. */
  skip(tag: number, start: number, end: number, depth: number): void {
    if (tag >>> 3 === 0) throw this.fault("onnx/wire-tag", start);
    switch (tag & 7) {
      case VARINT:
        this.varint(end, VARINT_BYTES);
        return;
      case FIXED64:
        this.take(8, end);
        return;
      case DELIMITED:
        this.pos = this.delimitedEnd(end);
        return;
      case START_GROUP:
        this.skipGroup(tag + END_GROUP - START_GROUP, end, depth);
        return;
      case END_GROUP:
        throw this.fault("onnx/wire-group", start);
      case FIXED32:
        this.take(4, end);
        return;
      default:
        throw this.fault("onnx/wire-type", start);
    }
  }

  private skipGroup(endTag: number, end: number, depth: number): void {
    if (depth >= DEPTH_LIMIT) throw this.fault("onnx/wire-depth", this.pos);
    while (this.pos < end) {
      const start = this.pos;
      const tag = this.tag(end);
      if (tag === endTag) return;
      this.skip(tag, start, end, depth + 1);
    }
    throw this.fault("onnx/wire-truncated", this.pos);
  }

  /** Reads a varint of at most `most` bytes into low and high; bits past the 64th are dropped. */
  private varint(end: number, most: number): void {
    const { content } = this;
    const start = this.pos;
    let low = 0;
    let high = 0;
    for (let i = 0; i < most; i++) {
      if (this.pos >= end) throw this.fault("onnx/wire-truncated", start);
      const byte = content[this.pos++]!;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 128) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.fault("onnx/wire-varint", start);
  }

  private take(length: number, end: number): number {
    if (length > end - this.pos) throw this.fault("onnx/wire-truncated", this.pos);
    const at = this.pos;
    this.pos += length;
    return at;
  }
}

/** Whether the tag ends the outermost message: tag 0, or the end of a group. */
export function endsMessage(tag: number): boolean {
  return tag === 0 || (tag & 7) === END_GROUP;
}

export function isGroup(tag: number): boolean {
  return (tag & 7) === START_GROUP;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function normalised(value: bigint): Int64 {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Two's complement halves to the exact value. */
function joinInt64(low: number, high: number): Int64 {
  const unsigned = low >>> 0;
  if (high === 0) return unsigned;
  if (high >= -(2 ** 21) && high < 2 ** 21) return high * 2 ** 32 + unsigned;
  return (BigInt(high) << 32n) | BigInt(unsigned);
}
