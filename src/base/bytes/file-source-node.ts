import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { SmxcError } from "../diagnostics.js";
import type { ByteSource } from "./byte-source.js";
import * as errors from "./file-errors.js";

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** One read call takes at most 2^31-1 bytes. */
const MOST_PER_READ = 2 ** 30;
const HASH_CHUNK = 4 * 2 ** 20;

/**
 * Opens a regular file for reading at any offset. It is opened once and every byte comes from that handle, so that a
 * file swapped in between is not mixed with the first one.
 *
 * @throws SmxcError of kind `io` where it cannot be opened or read, is not a regular file, or shrinks while it is read.
 */
export async function openFileSource(path: string): Promise<FileSource> {
  // Without O_NONBLOCK, opening a pipe would wait for a writer; Windows has no such flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await orFail(open(path, flags), (cause) => errors.cannotOpen(path, cause));
  try {
    const stat = await orFail(handle.stat(), (cause) => errors.cannotOpen(path, cause));
    if (stat.isDirectory()) throw new SmxcError([errors.isDirectory(path)], "io");
    if (!stat.isFile()) throw new SmxcError([errors.notAFile(path)], "io");
    return fileSource(path, handle, stat.size);
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

function fileSource(name: string, handle: FileHandle, size: number): FileSource {
  const fill = async (bytes: Uint8Array, offset: number): Promise<void> => {
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, MOST_PER_READ);
      const reading = handle.read(bytes, done, length, offset + done);
      const { bytesRead } = await orFail(reading, (cause) => errors.cannotRead(name, offset + done, cause));
      if (bytesRead === 0) throw new SmxcError([errors.shrunk(name, offset + done, size)], "io");
      done += bytesRead;
    }
  };
  return {
    name,
    size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      await fill(bytes, offset);
      return bytes;
    },
    sha256: async () => {
      const hash = createHash("sha256");
      const buffer = new Uint8Array(Math.min(HASH_CHUNK, size));
      for (let offset = 0; offset < size; offset += buffer.length) {
        const chunk = buffer.subarray(0, Math.min(buffer.length, size - offset));
        await fill(chunk, offset);
        hash.update(chunk);
      }
      return hash.digest("hex");
    },
    close: () => handle.close(),
  };
}

async function orFail<T>(
  promise: Promise<T>,
  describe: (cause: Error) => ReturnType<typeof errors.cannotOpen>,
): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    throw cause instanceof Error ? new SmxcError([describe(cause)], "io") : cause;
  }
}
