/** WebP files (RIFF) that are cut off behind their last picture. */
import type { Mended } from "./mended.js";

/** `RIFF`, the size, `WEBP` */
const HEADER_BYTES = 12;
/** Chunks that hold samples. */
const PICTURES: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ANMF"]);
/** Flags in the first byte of `VP8X` that announce chunks behind the pictures, and their chunks. */
const ANNOUNCED: readonly (readonly [flag: number, type: string])[] = [
  [0x08, "EXIF"],
  [0x04, "XMP "],
];

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Undefined where nothing is missing. */
export function mendWebp(bytes: Uint8Array): Mended | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) return { damage: "the file ends within its header" };
  if (8 + view.getUint32(4, true) <= bytes.length) return undefined;
  const chunks = wholeChunks(bytes, view);
  if (!chunks.some(({ type }) => PICTURES.has(type))) {
    return { damage: "the file ends before the last samples of its picture" };
  }
  return { bytes: assembled(bytes, chunks), notes: ["its end is missing"] };
}

function wholeChunks(bytes: Uint8Array, view: DataView): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = HEADER_BYTES; at + 8 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at + 4, true);
    if (end > bytes.length) break;
    chunks.push({ type: String.fromCharCode(...bytes.subarray(at, at + 4)), data: bytes.subarray(at + 8, end) });
    // Chunks begin at even places.
    at = end + (end % 2);
  }
  return chunks;
}

function assembled(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const there = new Set(chunks.map(({ type }) => type));
  const length = chunks.reduce((sum, { data }) => sum + 8 + data.length + (data.length % 2), HEADER_BYTES);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  out.set(bytes.subarray(0, HEADER_BYTES));
  view.setUint32(4, length - 8, true);
  let at = HEADER_BYTES;
  for (const { type, data } of chunks) {
    for (let i = 0; i < 4; i++) out[at + i] = type.charCodeAt(i);
    view.setUint32(at + 4, data.length, true);
    out.set(data, at + 8);
    if (type === "VP8X") out[at + 8] = flagsOf(data[0]!, there);
    at += 8 + data.length + (data.length % 2);
  }
  return out;
}

function flagsOf(flags: number, there: ReadonlySet<string>): number {
  return ANNOUNCED.reduce((left, [flag, type]) => (there.has(type) ? left : left & ~flag), flags);
}
