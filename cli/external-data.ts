import { type Diagnostic, error, SmxcError } from "../src/diagnostics.js";
import { EXTERNAL_DATA_SHA256 } from "../src/onnx/external-hash.js";
import type { Signature } from "../src/onnx/signature.js";
import { externalMissing } from "../src/runtime/errors.js";
import { besideGraph } from "../src/runtime/external-data-node.js";
import { type FileSource, openFileSource } from "../src/weights/file-source-node.js";

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
      throw new SmxcError([externalMissing(path, location, new Error(`it has ${source.size} bytes`))]);
    }
    return source.read(offset, wanted);
  });
}

async function withBeside<T>(path: string, location: string, use: (source: FileSource) => Promise<T>): Promise<T> {
  const file = besideGraph(path, location);
  const source = await openFileSource(file).catch((cause: unknown) => {
    throw new SmxcError([externalMissing(path, location, cause)], "io");
  });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

function wrongData(file: string, location: string, expected: string, found: string) {
  const hint = `expected sha256 ${expected.slice(0, 12)}…, found ${found.slice(0, 12)}…: put back the matching file, or compile again`;
  const message = `the external data "${location}" is not that the graph was written with`;
  return { ...error("onnx/wrong-data", message, { file, place: location }), hint };
}
