/** Where an output is written until all outputs of its set are complete. */
import * as nodeFs from "node:fs/promises";
import { dirname } from "node:path";
import { openUnnamed } from "../../src/base/bytes/unnamed-file-node.js";
import type { Target } from "./check-outputs.js";
import { renameOver } from "./rename.js";
import { forget, remember, removeStaleOf, temporaryName } from "./temporary-files.js";
import { nameUnnamed, pathOfOpen } from "./unnamed-file.js";

/** What of the file system a test replaces. */
export type FileSystem = Pick<typeof nodeFs, "open" | "rename">;

export interface Draft {
  readonly file: nodeFs.FileHandle;
  /** Under which others open it. */
  readonly path: string;
  /** Whether what is written can be flushed to a disk. */
  readonly onDisk: boolean;
  /** Gives the output its name, in place of the old one. */
  putInPlace(): Promise<void>;
  /** Closes the file, and removes it unless it was put in place. */
  discard(): Promise<void>;
}

/**
 * A file without a name, if the system has such files: not even `kill -9` leaves it behind. Otherwise a temporary file
 * beside the target.
 */
export async function openDraft(target: Target, fs: FileSystem, swept = false): Promise<Draft> {
  if (target.special) return openSpecial(target, fs);
  if (!swept) await removeStaleOf([target.real]);
  const file = fs === nodeFs ? await openUnnamed(dirname(target.real)) : undefined;
  return file === undefined ? openSibling(target, fs) : unnamed(file, target, fs);
}

async function openSpecial({ path }: Target, fs: FileSystem): Promise<Draft> {
  const file = await fs.open(path, "w");
  return { file, path, onDisk: false, putInPlace: async () => {}, discard: () => file.close() };
}

async function openSibling({ real }: Target, fs: FileSystem): Promise<Draft> {
  const temporary = temporaryName(real);
  remember(temporary);
  // `wx`: a file or link that someone else laid there is not written through.
  const file = await fs.open(temporary, "wx").catch((cause: unknown) => {
    forget(temporary);
    throw cause;
  });
  return {
    file,
    path: temporary,
    onDisk: true,
    putInPlace: async () => {
      await file.close();
      await renameOver(temporary, real, fs);
      await flushFolder(real);
    },
    discard: async () => {
      await file.close();
      await nodeFs.rm(temporary, { force: true });
      forget(temporary);
    },
  };
}

function unnamed(file: nodeFs.FileHandle, target: Target, fs: FileSystem): Draft {
  return {
    file,
    path: pathOfOpen(file),
    onDisk: true,
    putInPlace: async () => {
      if (await nameUnnamed(file, target.real)) await flushFolder(target.real);
      else await copyInPlace(file, target, fs);
    },
    discard: () => file.close(),
  };
}

/** By a temporary sibling, where the file cannot be given a name. */
async function copyInPlace(file: nodeFs.FileHandle, target: Target, fs: FileSystem): Promise<void> {
  const sibling = await openSibling(target, fs);
  try {
    await nodeFs.copyFile(pathOfOpen(file), sibling.path);
    if (target.mode !== undefined) await sibling.file.chmod(target.mode);
    await sibling.file.sync();
    await sibling.putInPlace();
  } finally {
    await sibling.discard();
  }
}

/** Flushes the folder to the disk, if the system allows it, so that the new name survives a crash. */
async function flushFolder(target: string): Promise<void> {
  const folder = await nodeFs.open(dirname(target), "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
