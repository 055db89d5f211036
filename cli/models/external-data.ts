import { createHash } from "node:crypto";
import { type Diagnostic, error } from "../../src/base/diagnostics.js";
import type { ExternalDataFile } from "../../src/onnx/check/external-folder.js";
import { EXTERNAL_DATA_SHA256 } from "../../src/onnx/external-hash.js";
import type { Signature } from "../../src/onnx/signature.js";
import { refuseEscapes, withBeside } from "../../src/sessions/external-data-node.js";

/**
 * The error for a graph of smxc beside the data file of another graph; the graph holds the hash of its own.
 *
 * @throws SmxcError `onnx/external-missing`, and as `refuseEscapes`
 */
export async function findMixedPair(
  path: string,
  { external, metadata }: Signature,
): Promise<(Diagnostic & { readonly hint: string }) | undefined> {
  await refuseEscapes(path, external);
  const expected = metadata.get(EXTERNAL_DATA_SHA256);
  const [location] = external;
  if (expected === undefined || location === undefined) return undefined;
  const found = await withBeside(path, location, sha256Of);
  return found === expected ? undefined : wrongData(path, location, expected, found);
}

const HASH_CHUNK = 4 * 2 ** 20;

async function sha256Of(file: ExternalDataFile): Promise<string> {
  const hash = createHash("sha256");
  for (let offset = 0; offset < file.size; offset += HASH_CHUNK) {
    hash.update(await file.read(offset, Math.min(HASH_CHUNK, file.size - offset)));
  }
  return hash.digest("hex");
}

function wrongData(file: string, location: string, expected: string, found: string) {
  const hint = `restore the matching file, or compile again: expected sha256 ${expected.slice(0, 12)}…, found ${found.slice(0, 12)}…`;
  const message = `the external data "${location}" does not belong to this graph`;
  return { ...error("onnx/wrong-data", message, { file, place: location }), hint };
}
