/** The bytes ended before the pickle did. */
export class OutOfBytes extends Error {}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LATIN1 = new TextDecoder("latin1");
const NEWLINE = 0x0a;

/** Integers of more bytes are no size, offset or key of anything; they are not worked out. */
const MOST_INTEGER_BYTES = 32;

/** The reading head of a pickle. Every method reads on from where the one before ended, or throws OutOfBytes. */
export class Head {
  private at: number;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    readonly start: number,
  ) {
    this.at = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get position(): number {
    return this.at;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  /** Rounded past 2^53, which is past the end of every file. */
  u64(): number {
    return Number(this.view.getBigUint64(this.advance(8), true));
  }

  float64(): number {
    return this.view.getFloat64(this.advance(8));
  }

  skip(length: number): void {
    this.advance(length);
  }

  /** Little-endian two's complement; undefined where it has more bytes than any number that matters. */
  integer(length: number): number | bigint | undefined {
    const start = this.advance(length);
    if (length > MOST_INTEGER_BYTES) return undefined;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.view.getUint8(start + i));
    value = BigInt.asIntN(8 * length, value);
    const exact = Number(value);
    return Number.isSafeInteger(exact) ? exact : value;
  }

  /** Undefined where the bytes are not UTF-8. */
  text(length: number): string | undefined {
    const start = this.advance(length);
    try {
      return UTF8.decode(this.bytes.subarray(start, start + length));
    } catch {
      return undefined;
    }
  }

  /** The rest of a line, a byte to a letter, without its end; undefined where it is longer than `most`. */
  line(most: number): string | undefined {
    const { at, bytes } = this;
    const newline = bytes.subarray(at, at + most + 1).indexOf(NEWLINE);
    if (newline < 0 && at + most >= bytes.length) throw new OutOfBytes();
    if (newline < 0) return undefined;
    this.at = at + newline + 1;
    return LATIN1.decode(bytes.subarray(at, at + newline));
  }

  /** Where the next `length` bytes start, which are then behind the head. */
  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new OutOfBytes();
    this.at += length;
    return start;
  }
}

/** The text of which the letters are the bytes; undefined where they are not UTF-8. */
export function utf8Of(letters: string): string | undefined {
  try {
    return UTF8.decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
