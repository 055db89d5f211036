/**
 * Files without a name, which Linux has (O_TMPFILE): a process that is killed while it writes one leaves nothing behind.
 */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Of Linux, on all processors that Node runs on; `fs.constants` does not have it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** A file in a folder's file system, or undefined where the system has none without names. */
export async function openUnnamed(folder: string): Promise<FileHandle | undefined> {
  if (process.platform !== "linux") return undefined;
  return open(folder, constants.O_RDWR | O_TMPFILE, 0o666).catch(() => undefined);
}

/** Where the system shows an open file of this process to all processes. */
export function pathOfOpen(file: FileHandle): string {
  return `/proc/${process.pid}/fd/${file.fd}`;
}

/**
 * Gives the file a name, at once in place of the file that has it. That takes `linkat`, which follows a link of /proc to
 * the file behind it; Node has it not, coreutils' `ln` has.
 *
 * @returns whether it was done
 */
export function nameUnnamed(file: FileHandle, path: string): Promise<boolean> {
  const args = ["--logical", "--force", "--no-target-directory", "--", pathOfOpen(file), path];
  return new Promise((resolve) => execFile("ln", args, (failure) => resolve(failure === null)));
}
