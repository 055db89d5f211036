/** Feature maps in a file that nobody sees: it has no name where the system has such files, and is gone with the process. */
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openUnnamed } from "../../base/bytes/unnamed-file-node.js";
import { SmxcError } from "../../base/diagnostics.js";
import { cannotScratch, noRoomForScratch } from "../errors.js";
import type { OpenScratch } from "./scratch.js";

/**
 * @param folder by default that of temporary files, which TMPDIR names
 * @throws SmxcError `run/scratch` where the file cannot be made, or has no room
 */
export function scratchFiles(folder = tmpdir()): OpenScratch {
  const orFailure = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new SmxcError([cannotScratch(folder, cause)], "io");
    }
  };
  return async (numbers) => {
    const bytes = numbers * Float32Array.BYTES_PER_ELEMENT;
    const { bavail, bsize } = await orFailure(statfs(folder));
    if (bavail * bsize < bytes) throw new SmxcError([noRoomForScratch(folder, bytes, bavail * bsize)], "io");
    const { file, remove } = await orFailure(openHidden(folder));
    return {
      read: (data, at) => orFailure(move(data, at, (bytes, place) => readSome(file, bytes, place))),
      write: (data, at) =>
        orFailure(
          move(data, at, async (bytes, place) => (await file.write(bytes, 0, bytes.length, place)).bytesWritten),
        ),
      close: async () => {
        await file.close();
        await remove();
      },
    };
  };
}

interface Hidden {
  readonly file: FileHandle;
  remove(): Promise<void>;
}

async function openHidden(folder: string): Promise<Hidden> {
  const unnamed = await openUnnamed(folder);
  if (unnamed) return { file: unnamed, remove: async () => {} };
  const path = join(folder, `smxc-${process.pid}-${crypto.randomUUID()}.tmp`);
  const file = await open(path, "wx+", 0o600);
  const remove = (): Promise<void> => rm(path, { force: true });
  // Windows lets no open file go; elsewhere it loses its name at once, and its room when the process ends.
  if (process.platform !== "win32") await remove();
  return { file, remove };
}

async function readSome(file: FileHandle, bytes: Uint8Array, place: number): Promise<number> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length, place);
  if (bytesRead === 0) throw new RangeError("the file ends before what was written");
  return bytesRead;
}

/** Systems may take less than they are given. */
async function move(
  { buffer, byteOffset, byteLength }: Float32Array,
  at: number,
  some: (bytes: Uint8Array, place: number) => Promise<number>,
): Promise<void> {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const place = at * Float32Array.BYTES_PER_ELEMENT;
  for (let done = 0; done < bytes.length; ) done += await some(bytes.subarray(done), place + done);
}
