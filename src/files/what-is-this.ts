import { FILE_KINDS, type FileKind } from "./file-kinds.js";
import type { Sample } from "./sample.js";

/** What a file is; undefined where nothing shows it. */
export function whatIsThis(sample: Sample): FileKind | undefined {
  return FILE_KINDS.find(({ is }) => is(sample));
}
