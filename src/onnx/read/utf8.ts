/** Not fatal: an exception for every text that is not UTF-8 takes seconds for a megabyte of them. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const REPLACEMENT = "\u{fffd}";

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
  const text = decoder.decode(bytes.subarray(start, end));
  return text.includes(REPLACEMENT) && validEnd(bytes, start, end) < end ? null : text;
}

/**
 * Text of bytes that are not UTF-8, so that different bytes stay different names: what cannot be decoded becomes the
 * lone surrogates U+DC80 to U+DCFF, as in Python's `surrogateescape` (PEP 383).
 */
export function decodeEscaped(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const end = validEnd(bytes, i, bytes.length);
    if (end > i) parts.push(decoder.decode(bytes.subarray(i, end)));
    if (end < bytes.length) parts.push(String.fromCharCode(0xdc00 + bytes[end]!));
    i = end;
  }
  return parts.join("");
}

/** Where the first byte is that begins no well-formed sequence; `end` when there is none. */
function validEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const length = sequenceLength(bytes, i, end);
    if (length === 0) return i;
    i += length;
  }
  return end;
}

/** Leads with the least and greatest byte that may follow them (Unicode, table 3-7); further bytes are 80 to BF. */
const SECOND_BYTES: readonly (readonly [first: number, last: number, length: number, least: number, most: number])[] = [
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
];

/** Bytes of the well-formed sequence that begins here; 0 where none does. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const row = SECOND_BYTES.find(([first, last]) => first <= lead && lead <= last);
  if (row === undefined) return 0;
  const [, , length, least, most] = row;
  if (at + length > end || bytes[at + 1]! < least || bytes[at + 1]! > most) return 0;
  for (let i = at + 2; i < at + length; i++) if (bytes[i]! >> 6 !== 2) return 0;
  return length;
}

const encoder = new TextEncoder();
/** Nearly no text has even a half of a surrogate pair. */
const MAYBE_ESCAPED = /[\udc80-\udcff]/;
const ESCAPED = /[\udc80-\udcff]/u;

/** The bytes of a text that {@link decodeEscaped} made; null where UTF-8 has them, as for every other text. */
export function encodeEscaped(text: string): Uint8Array | null {
  if (!MAYBE_ESCAPED.test(text) || !ESCAPED.test(text)) return null;
  const bytes: number[] = [];
  for (const character of text) {
    if (ESCAPED.test(character)) bytes.push(character.charCodeAt(0) - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}
