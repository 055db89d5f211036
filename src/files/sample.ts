/** What is needed of a file to recognise what it is. */
import type { ByteSource } from "../base/bytes/byte-source.js";

export interface Sample {
  /** The first bytes: all of them, or at least as many as `SAMPLE_BYTES`. */
  readonly start: Uint8Array;
  /** The last bytes, where they were read: the directory of a zip archive is there. */
  readonly end?: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
  /** What the file is called; some kinds have nothing else to be recognised by. */
  readonly name: string;
}

/** A tar archive is recognised by its byte 257, text by all that is there. */
export const SAMPLE_BYTES = 4096;

export async function sampleOf(source: ByteSource): Promise<Sample> {
  const { name, size } = source;
  const length = Math.min(SAMPLE_BYTES, size);
  const start = await source.read(0, length);
  const end =
    size > length
      ? await source.read(Math.max(length, size - SAMPLE_BYTES), Math.min(size - length, SAMPLE_BYTES))
      : start;
  return { name, size, start, end };
}
