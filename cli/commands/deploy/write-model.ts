/** The files of a model in Triton's repository. */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { checkOutputs } from "../../files/check-outputs.js";
import { type OutputFile, type WrittenFile, writeFiles } from "../../files/write-files.js";
import { cannotWrite } from "../../terminal/system-errors.js";

/** A file as it is, piece by piece. */
export async function copyOf(path: string) {
  const { size } = await stat(path);
  return {
    length: size,
    async *chunks() {
      for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
    },
  };
}

/**
 * Writes the configuration last, so that a server always finds either the old model or a complete new one. Folders
 * that were created for files that could not be written are removed.
 */
export async function writeModel(
  outputs: readonly OutputFile[],
  inputs: readonly string[],
): Promise<readonly WrittenFile[]> {
  const folders = [...new Set(outputs.map(({ path }) => dirname(path)))];
  const made: string[] = [];
  try {
    for (const folder of folders) {
      const first = await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
        throw new SmxcError([cannotWrite(folder, cause)], "io");
      });
      if (first !== undefined) made.push(...foldersFrom(resolve(first), resolve(folder)));
    }
    await checkOutputs(
      outputs.map(({ path }) => path),
      inputs,
    );
    return await writeFiles(outputs, { inputs });
  } catch (cause) {
    for (const folder of made.toReversed()) if (await isEmpty(folder)) await rmdir(folder);
    throw cause;
  }
}

/** From the first that was made down to the last. */
function foldersFrom(first: string, last: string): readonly string[] {
  const above = dirname(last);
  return first === last || above === last ? [last] : [...foldersFrom(first, above), last];
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [""])).length === 0;
}
