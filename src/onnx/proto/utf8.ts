const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Texts up to this many bytes are looked up among those read before. */
const SHORT = 128;
const REMEMBERED = 4096;

/** Decodes text, and gives the same string again for the same short ASCII bytes: names recur all over a graph. */
export class Utf8Decoder {
  /** By hash; a newer text replaces an older one. */
  private readonly remembered = new Array<string | undefined>(REMEMBERED);
  private readonly codes: number[] = [];

  /** The text of UTF-8 bytes, or null if they are not UTF-8 (overlong forms and surrogates included). */
  decode(bytes: Uint8Array, start: number, end: number): string | null {
    if (end - start > SHORT) return decodeStrict(bytes, start, end);
    let hash = end - start;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 128) return decodeStrict(bytes, start, end);
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const slot = (hash ^ (hash >>> 12)) & (REMEMBERED - 1);
    const known = this.remembered[slot];
    if (known !== undefined && isTextOf(known, bytes, start, end)) return known;
    const text = this.ascii(bytes, start, end);
    this.remembered[slot] = text;
    return text;
  }

  private ascii(bytes: Uint8Array, start: number, end: number): string {
    const { codes } = this;
    codes.length = end - start;
    for (let i = start; i < end; i++) codes[i - start] = bytes[i]!;
    return String.fromCharCode.apply(null, codes);
  }
}

function isTextOf(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function decodeStrict(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return null;
  }
}

/**
 * Text of bytes that are not UTF-8, so that different bytes stay different names: what cannot be decoded becomes the
 * lone surrogates U+DC80 to U+DCFF, as in Python's `surrogateescape` (PEP 383).
 */
export function decodeEscaped(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes[i]!);
    const whole = decodeStrict(bytes, i, Math.min(i + length, bytes.length));
    text += whole ?? String.fromCharCode(0xdc00 + bytes[i]!);
    i += whole === null ? 1 : length;
  }
  return text;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}
