/** The pictures of a folder. */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { explain } from "../../src/base/bytes/file-errors.js";
import { type Diagnostic, error, SmxcError } from "../../src/base/diagnostics.js";
import { FORMATS_TEXT, formatOfBytes, isNamedPicture } from "../../src/files/image-format.js";
import { decodeImage } from "../../src/pictures/decode-image-node.js";
import { readPictureBytes } from "../../src/pictures/read-bytes-node.js";
import type { Output } from "../terminal/output.js";
import { someOf } from "../terminal/some-of.js";

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** The files of a folder's pictures, in the order of their names. */
export async function pictureFiles(folder: string, output: Pick<Output, "note">): Promise<readonly string[]> {
  return (await picturesIn(folder, output)).map((name) => join(folder, name));
}

/**
 * Names of the pictures in a folder, in alphabetical order: files that begin like a picture or have the ending of a
 * picture. Names that begin with a dot do not count (macOS leaves `._photo.jpg` on other file systems). A note gives
 * their number, and names the other files that were left out.
 */
export async function picturesIn(folder: string, { note }: Pick<Output, "note">): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new SmxcError([cannotReadFolder(folder, cause)], "io");
  });
  const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const names = entries.map(({ name }) => name).filter((name) => !name.startsWith("."));
  const pictures: string[] = [];
  const others: string[] = [];
  for (const name of names.sort()) {
    // Asked of the system where the folder does not say it: a folder may hold a million pictures.
    const kind = files.has(name) && isNamedPicture(name) ? "picture" : await kindOf(join(folder, name));
    if (kind === "picture") pictures.push(name);
    else others.push(kind === "folder" ? `${name}/` : name);
  }
  if (pictures.length === 0) throw new SmxcError([noPictures(folder, others)], "usage");
  const left = leftOut(names.length, entries.length - names.length, others);
  if (left !== "") note(`${folder}: ${left}`);
  return pictures;
}

/** What was left out of a folder, in one line; empty where nothing was. */
function leftOut(shown: number, hidden: number, others: readonly string[]): string {
  if (others.length === 0) {
    return hidden === 0
      ? ""
      : `${hidden} hidden ${hidden === 1 ? "file or folder was" : "files or folders were"} left out`;
  }
  const [were, theyAre, files] =
    others.length === 1 ? ["was", "it is not a", "file"] : ["were", "they are not", "files"];
  const also = hidden === 0 ? "" : `; ${hidden} hidden ${hidden === 1 ? "file was" : "files were"} left out too`;
  return `${others.length} of ${shown} files ${were} left out, because ${theyAre} ${FORMATS_TEXT} ${files}: ${someOf(others)}${also}`;
}

/**
 * The pictures of a folder that can be read; of each other one a warning says why it is left out.
 *
 * @throws SmxcError where none can be read
 */
export async function readablePictures(
  folder: string,
  output: Pick<Output, "note" | "report">,
): Promise<readonly string[]> {
  const readable: string[] = [];
  const failures: Diagnostic[] = [];
  for (const file of await pictureFiles(folder, output)) {
    try {
      await decodeImage(await readPictureBytes(file), file, () => {});
      readable.push(file);
    } catch (cause) {
      if (!(cause instanceof SmxcError)) throw cause;
      failures.push(...cause.diagnostics);
    }
  }
  if (readable.length === 0) throw new SmxcError(failures);
  for (const failure of failures) output.report({ ...failure, severity: "warning", hint: "this picture is left out" });
  return readable;
}

/** Only files are opened: a pipe would wait for a writer. */
async function kindOf(path: string): Promise<"picture" | "folder" | "other"> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return "folder";
  if (found !== undefined && !found.isFile()) return "other";
  // What cannot be read is a bad picture, not none.
  return isNamedPicture(path) || (await beginsAsPicture(path)) ? "picture" : "other";
}

async function beginsAsPicture(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const head = new Uint8Array(16);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return formatOfBytes(head.subarray(0, bytesRead)) !== undefined;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

function cannotReadFolder(folder: string, cause: Error): Diagnostic {
  const { meaning, hint } = explain(cause);
  return error("io/cannot-read", `the folder cannot be read: ${meaning}`, { file: folder, hint });
}

function noPictures(folder: string, others: readonly string[]): Diagnostic {
  return error("io/no-pictures", "the folder holds no pictures", {
    file: folder,
    hint: `name a folder of ${FORMATS_TEXT} files${others.length > 0 ? `; this one holds ${someOf(others)}` : ""}`,
  });
}
