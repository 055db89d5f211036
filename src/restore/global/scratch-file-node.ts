/** Feature maps in a file that nobody sees: it has no name where the system has such files, and is gone with the process. */
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openUnnamed } from "../../base/bytes/unnamed-file-node.js";
import { SmxcError } from "../../base/diagnostics.js";
import { cannotScratch, noRoomForScratch } from "../errors.js";
import type { OpenScratch } from "./scratch.js";

/** Buffers that systems take in one call. */
const MOST_BUFFERS = 1024;

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
      read: (pieces, at) => orFailure(move(pieces, at, (views, place) => readFully(file, views, place))),
      write: (pieces, at) =>
        orFailure(move(pieces, at, async (views, place) => (await file.writev(views, place)).bytesWritten)),
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

async function readFully(file: FileHandle, views: readonly Uint8Array[], place: number): Promise<number> {
  const { bytesRead } = await file.readv(views, place);
  if (bytesRead === 0) throw new RangeError("the file ends before what was written");
  return bytesRead;
}

/** Systems may take less than they are given. */
async function move(
  pieces: readonly Float32Array[],
  at: number,
  some: (views: readonly Uint8Array[], place: number) => Promise<number>,
): Promise<void> {
  let place = at * Float32Array.BYTES_PER_ELEMENT;
  for (let from = 0; from < pieces.length; from += MOST_BUFFERS) {
    let views = pieces
      .slice(from, from + MOST_BUFFERS)
      .map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
    while (views.length > 0) {
      const done = await some(views, place);
      place += done;
      views = behind(views, done);
    }
  }
}

function behind(views: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBufferLike>[] {
  let left = bytes;
  return views.flatMap((view) => {
    const taken = Math.min(left, view.length);
    left -= taken;
    return taken === view.length ? [] : [view.subarray(taken)];
  });
}
