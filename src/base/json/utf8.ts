/** Offset of the first byte that begins no well-formed UTF-8 sequence (Unicode 16, table 3-7), or -1. */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Lead byte range, its number of continuation bytes, and the range of the first of them. */
const SEQUENCES = [
  [0x00, 0x7f, 0, 0, 0],
  [0xc2, 0xdf, 1, 0x80, 0xbf],
  [0xe0, 0xe0, 2, 0xa0, 0xbf],
  [0xe1, 0xec, 2, 0x80, 0xbf],
  [0xed, 0xed, 2, 0x80, 0x9f],
  [0xee, 0xef, 2, 0x80, 0xbf],
  [0xf0, 0xf0, 3, 0x90, 0xbf],
  [0xf1, 0xf3, 3, 0x80, 0xbf],
  [0xf4, 0xf4, 3, 0x80, 0x8f],
] as const;

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const row = SEQUENCES.find(([from, to]) => lead >= from && lead <= to);
  if (row === undefined) return 0;
  const [, , continuations, second, secondTo] = row;
  for (let i = 1; i <= continuations; i++) {
    const byte = bytes[at + i] ?? -1;
    const ok = i === 1 ? byte >= second && byte <= secondTo : byte >= 0x80 && byte <= 0xbf;
    if (!ok) return 0;
  }
  return continuations + 1;
}
