/** What the library takes as the content of a file: from memory, or from anything that reads at offsets. */
import { type ByteSource, blobSource, bytesSource } from "./byte-source.js";

/** A file's content: bytes, a Blob or File, or anything that reads at offsets. */
export type Bytes = Uint8Array | Blob | ByteSource;

/** @param name what messages call it; a source has its own */
export function sourceOf(name: string, bytes: Bytes): ByteSource {
  if (bytes instanceof Uint8Array) return bytesSource(name, bytes as Uint8Array<ArrayBuffer>);
  return bytes instanceof Blob ? blobSource(name, bytes) : bytes;
}
