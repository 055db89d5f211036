import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Diagnostic, error, SmxcError } from "../src/diagnostics.js";
import type { Signature } from "../src/onnx/signature.js";
import type { ModelBytes } from "../src/runtime/session.js";
import { openFileSource } from "../src/weights/file-source-node.js";

/** Reads the external data files of a graph, which lie beside it, for a session made from bytes. */
export async function externalDataOf(
  path: string,
  signature: Signature,
): Promise<NonNullable<ModelBytes["externalData"]>> {
  return Promise.all(
    [...signature.external].map(async (location) => {
      const file = besideGraph(path, location);
      try {
        return { path: location, bytes: await readFile(file) };
      } catch (cause) {
        throw new SmxcError([missing(path, location, cause)], "io");
      }
    }),
  );
}

/** A range of an external data file; to its end without a length. */
export async function readBeside(
  path: string,
  location: string,
  offset: number,
  length: number | undefined,
): Promise<Uint8Array> {
  const source = await openFileSource(besideGraph(path, location));
  try {
    const wanted = length ?? source.size - offset;
    if (offset < 0 || wanted < 0 || offset + wanted > source.size) {
      throw new SmxcError([missing(path, location, new Error(`it has ${source.size} bytes`))]);
    }
    return await source.read(offset, wanted);
  } finally {
    await source.close();
  }
}

/** The path of external data; a location that leads out of the graph's folder is refused. */
function besideGraph(path: string, location: string): string {
  if (location.includes("..") || location.startsWith("/") || location.includes("\\") || location.includes("\0")) {
    throw new SmxcError([
      error("onnx/external-escape", `the external data "${location}" is not beside the graph`, {
        file: path,
        hint: "treat the graph as hostile: external data lies in the graph's own folder",
      }),
    ]);
  }
  return join(dirname(path), location);
}

const missing = (file: string, location: string, cause: unknown): Diagnostic =>
  error("onnx/external-missing", `the external data "${location}" cannot be read: ${(cause as Error).message}`, {
    file,
    hint: "keep the .data file beside the graph",
  });
