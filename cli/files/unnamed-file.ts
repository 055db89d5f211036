/** What can be done with a file without a name beside writing it. */
import { execFile } from "node:child_process";
import type { FileHandle } from "node:fs/promises";

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
