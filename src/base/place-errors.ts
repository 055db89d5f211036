import { type Diagnostic, SmxcError } from "./diagnostics.js";

/** Runs work and gives its errors their place. */
export async function placeErrors<T>(place: (found: Diagnostic) => Diagnostic, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    throw new SmxcError(cause.diagnostics.map(place), cause.kind);
  }
}

/** Names the file of findings that name none. */
export function inFile(file: string): (found: Diagnostic) => Diagnostic {
  return (found) => (found.file === undefined ? { ...found, file } : found);
}
