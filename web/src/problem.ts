/** An exception as the user reads it. */
import { EngineError } from "./engine/engine.js";
import type { ModelFiles } from "./engine/protocol.js";
import { defectText, diagnosticsText } from "./errors.js";

/** Documents larger than this are shown without the line that is wrong, as on the command line. */
const LARGEST_SOURCE = 2 ** 24;

export async function problemText(cause: unknown, files?: ModelFiles): Promise<string> {
  if (cause instanceof EngineError) {
    const document = files?.kind === "document" && files.file.blob.size <= LARGEST_SOURCE ? files.file : undefined;
    const text = await document?.blob.text();
    return diagnosticsText(cause.diagnostics, (file) => (file === document?.name ? text : undefined));
  }
  return defectText(cause instanceof Error ? cause.message : String(cause));
}
