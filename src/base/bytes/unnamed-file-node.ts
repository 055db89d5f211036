/** Files without a name, which Linux has (O_TMPFILE): a process that is killed while it writes one leaves nothing behind. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Of Linux, on all processors that Node runs on; `fs.constants` does not have it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** A file in a folder's file system, or undefined where the system has none without names. */
export async function openUnnamed(folder: string): Promise<FileHandle | undefined> {
  if (process.platform !== "linux") return undefined;
  return open(folder, constants.O_RDWR | O_TMPFILE, 0o666).catch(() => undefined);
}
