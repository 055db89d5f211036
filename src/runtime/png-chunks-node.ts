/** The checksums of a PNG file (PNG 3rd edition, 5.3), which libvips does not look at. */
import { crc32 } from "node:zlib";

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;
/** `IEND` */
const END_TYPE = 0x49_45_4e_44;

/** What is wrong with the chunks up to the last one, or undefined. */
export function damageOfPng(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) return `the chunk at byte ${at} goes beyond the end of the file`;
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      return `the chunk at byte ${at} does not match its checksum`;
    }
    if (view.getUint32(at + 4) === END_TYPE) return undefined;
    at = end;
  }
  return "the file ends before its last chunk";
}
