import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Diagnostic, error, SmxcError } from "../src/diagnostics.js";
import { EXTERNAL_DATA_SHA256 } from "../src/onnx/external-hash.js";
import type { Signature } from "../src/onnx/signature.js";
import type { ModelBytes } from "../src/runtime/session.js";
import { type FileSource, openFileSource } from "../src/weights/file-source-node.js";

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

/**
 * What is to be said of a graph of smxc beside the data file of another: the graph holds the hash of its own.
 * @throws SmxcError `onnx/external-missing`
 */
export async function findMixedPair(
  path: string,
  { external, metadata }: Signature,
): Promise<(Diagnostic & { readonly hint: string }) | undefined> {
  const expected = metadata.get(EXTERNAL_DATA_SHA256);
  const [location] = external;
  if (expected === undefined || location === undefined) return undefined;
  const found = await withBeside(path, location, (source) => source.sha256());
  return found === expected ? undefined : wrongData(path, location, expected, found);
}

/** A range of an external data file; to its end without a length. */
export async function readBeside(
  path: string,
  location: string,
  offset: number,
  length: number | undefined,
): Promise<Uint8Array> {
  return withBeside(path, location, (source) => {
    const wanted = length ?? source.size - offset;
    if (offset < 0 || wanted < 0 || offset + wanted > source.size) {
      throw new SmxcError([missing(path, location, new Error(`it has ${source.size} bytes`))]);
    }
    return source.read(offset, wanted);
  });
}

async function withBeside<T>(path: string, location: string, use: (source: FileSource) => Promise<T>): Promise<T> {
  const file = besideGraph(path, location);
  const source = await openFileSource(file).catch((cause: unknown) => {
    throw new SmxcError([missing(path, location, cause)], "io");
  });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

/** The path of external data. @throws SmxcError where the location leads out of the graph's folder. */
export function besideGraph(path: string, location: string): string {
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

function wrongData(file: string, location: string, expected: string, found: string) {
  const hint = `expected sha256 ${expected.slice(0, 12)}…, found ${found.slice(0, 12)}…: put back the matching file, or compile again`;
  const message = `the external data "${location}" is not that the graph was written with`;
  return { ...error("onnx/wrong-data", message, { file, place: location }), hint };
}

const missing = (file: string, location: string, cause: unknown): Diagnostic =>
  error("onnx/external-missing", `the external data "${location}" cannot be read: ${(cause as Error).message}`, {
    file,
    hint: "keep the .data file beside the graph",
  });
