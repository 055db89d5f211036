/** Random access to the bytes of a file, a Blob or a buffer, so that no file must be loaded as a whole. */
export interface ByteSource {
  /** The name that messages use. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. Callers check the range against `size` first. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Lower-case hexadecimal SHA-256 of the whole content. */
  sha256(): Promise<string>;
}

/** Bytes to be written, produced piece by piece; `length` is known beforehand. */
export interface ByteStream {
  readonly length: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    sha256: async () => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))),
  };
}

/** A source over a browser's Blob or File. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
    sha256: async () => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))),
  };
}

/** Collects a stream into one array; for outputs known to be small, and for browsers. */
export async function collect(stream: ByteStream): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(stream.length);
  let at = 0;
  for await (const chunk of stream.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
