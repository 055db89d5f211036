/** The chunks of a PNG file (PNG 3rd edition, 5.3), and their checksums, which libvips does not look at. */
import { crc32 } from "node:zlib";

export const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;

export interface PngChunk {
  readonly type: string;
  /** Where the chunk begins in the file. */
  readonly at: number;
  readonly data: Uint8Array;
  /** `cut`: the file ends within the chunk, of whose data only a part may be there. */
  readonly state: "sound" | "wrong checksum" | "cut";
}

/** All chunks up to the last one, `IEND`, or as far as the bytes are chunks. */
export function pngChunks(bytes: Uint8Array): readonly PngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = SIGNATURE_BYTES; at + 8 <= bytes.length; ) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) break;
    const end = at + FRAME_BYTES + view.getUint32(at);
    const data = bytes.subarray(at + 8, Math.min(end - 4, bytes.length));
    if (end > bytes.length) {
      chunks.push({ type, at, data, state: "cut" });
      break;
    }
    const sound = crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    chunks.push({ type, at, data, state: sound ? "sound" : "wrong checksum" });
    if (type === "IEND") break;
    at = end;
  }
  return chunks;
}

export function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Pictures of an animated PNG (`acTL`, 11.3.6.1), the still one among them; 1 for any other. */
export function pngFrames(chunks: readonly PngChunk[]): number {
  const control = chunks.find(({ type }) => type === "acTL")?.data;
  if (control === undefined || control.length < 8) return 1;
  const frames = new DataView(control.buffer, control.byteOffset).getUint32(0);
  const order = chunks.map(({ type }) => type);
  const first = order.indexOf("fcTL");
  // Without a frame control before it, the still picture is no frame of the animation.
  return first >= 0 && first < order.indexOf("IDAT") ? frames : frames + 1;
}
