/** What a run that can be resumed knows of each picture: whether it is done, and where that is noted. */
import { basename } from "node:path";
import type { CompleteFile } from "../files/write-files.js";
import { hashOfFiles, type Journal, keyOf } from "../pictures/journal.js";

export interface Done {
  /** What is known of one picture. */
  of(output: string, input: Uint8Array): PictureDone;
}

export interface PictureDone {
  isDone(): Promise<boolean>;
  /** Called with the result before it has its name. */
  note(file: CompleteFile): Promise<void>;
}

/**
 * @param files of the model
 * @param options all that decides what becomes of a picture
 */
export async function doneBy(
  journal: Journal,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<Done> {
  const model = await hashOfFiles(files);
  return {
    of(output, input) {
      const key = keyOf(model, input, options);
      return {
        isDone: () => journal.isDone(basename(output), key),
        note: (file) => journal.append(basename(output), key, file),
      };
    },
  };
}
