/** Files of weights that lie beside a graph. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SmxcError } from "../diagnostics.js";
import type { Signature } from "../onnx/signature.js";
import { externalEscapes, externalMissing } from "./errors.js";
import type { ModelBytes } from "./session.js";

/** The path of external data. @throws SmxcError `onnx/external-escape` where the location leads out of the graph's folder. */
export function besideGraph(path: string, location: string): string {
  if (location.includes("..") || location.startsWith("/") || location.includes("\\") || location.includes("\0")) {
    throw new SmxcError([externalEscapes(path, location)]);
  }
  return join(dirname(path), location);
}

/**
 * Reads the external data files of a graph, for a session made from bytes.
 *
 * @throws SmxcError `onnx/external-escape`; `onnx/external-missing`
 */
export async function externalDataOf(
  path: string,
  { external }: Pick<Signature, "external">,
): Promise<NonNullable<ModelBytes["externalData"]>> {
  return Promise.all(
    [...external].map(async (location) => {
      const file = besideGraph(path, location);
      try {
        return { path: location, bytes: await readFile(file) };
      } catch (cause) {
        throw new SmxcError([externalMissing(path, location, cause)], "io");
      }
    }),
  );
}
