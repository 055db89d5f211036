import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { error, SmxcError } from "../src/diagnostics.js";
import type { Signature } from "../src/onnx/signature.js";
import type { ModelBytes } from "../src/runtime/session.js";

/** Reads the external data files of a graph, which lie beside it, for a session made from bytes. */
export async function externalDataOf(
  path: string,
  signature: Signature,
): Promise<NonNullable<ModelBytes["externalData"]>> {
  return Promise.all(
    [...signature.external].map(async (location) => {
      if (location.includes("..") || location.startsWith("/") || location.includes("\\") || location.includes("\0")) {
        throw new SmxcError([
          error("onnx/external-escape", `the external data "${location}" is not beside the graph`, {
            file: path,
            hint: "treat the graph as hostile: external data lies in the graph's own folder",
          }),
        ]);
      }
      try {
        return { path: location, bytes: await readFile(join(dirname(path), location)) };
      } catch (cause) {
        throw new SmxcError(
          [
            error(
              "onnx/external-missing",
              `the external data "${location}" cannot be read: ${(cause as Error).message}`,
              { file: path, hint: "keep the .data file beside the graph" },
            ),
          ],
          "io",
        );
      }
    }),
  );
}
