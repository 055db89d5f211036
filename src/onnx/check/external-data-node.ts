import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { ExternalDataFile, ExternalDataFolder, ExternalDataState } from "./external-folder.js";

/** One read call takes at most 2^31-1 bytes. */
const MOST_PER_READ = 2 ** 30;

/** The folder of a model on disk. Order and kind of the tests are those of ONNX's `resolve_external_data_location`. */
export function modelFolder(folder: string): ExternalDataFolder {
  return {
    state: async (location) => judge(folder, location),
    open: async (location) => openJudged(folder, location),
  };
}

async function judge(folder: string, location: string): Promise<ExternalDataState> {
  const path = join(folder, location);
  const own = await lstatOrNull(stripSlash(path));
  if (own === null) return "missing";
  if (own.isSymbolicLink()) return "symlink";
  if (!(await isContained(folder, path))) return "outside";
  return judgeStats(own, location);
}

function judgeStats(stats: Stats, location: string): ExternalDataState {
  if (!stats.isFile() || location.endsWith("/")) return "irregular";
  return stats.nlink > 1 ? "hard-linked" : "regular";
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch {
    return null;
  }
}

function stripSlash(path: string): string {
  return path.endsWith(sep) ? path.slice(0, -1) : path;
}

async function isContained(folder: string, path: string): Promise<boolean> {
  const base = await realpath(resolve(folder));
  const actual = await realpath(path).catch(() => null);
  return actual !== null && (actual === base || actual.startsWith(base.endsWith(sep) ? base : base + sep));
}

/** Opens without following a link, then judges what was opened, not what was there before. */
async function openJudged(folder: string, location: string): Promise<ExternalDataFile | null> {
  if ((await judge(folder, location)) !== "regular") return null;
  const path = join(folder, location);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (handle === null) return null;
  const opened = await handle.stat();
  const now = await lstatOrNull(path);
  const same = now !== null && now.ino === opened.ino && now.dev === opened.dev;
  if (!same || judgeStats(opened, location) !== "regular" || !(await isContained(folder, path))) {
    await handle.close();
    return null;
  }
  return fileOf(handle, opened.size);
}

function fileOf(handle: FileHandle, size: number): ExternalDataFile {
  return {
    size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, MOST_PER_READ), offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
    close: () => handle.close(),
  };
}
