/** Graphs as WebAssembly takes them, which sees no files. */
import { readFile } from "node:fs/promises";
import { bytesSource } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { decodeGraph } from "../onnx/decode.js";
import { type Signature, signatureOf } from "../onnx/signature.js";
import { cannotReadModel } from "./errors.js";
import { externalDataOf } from "./external-data-node.js";
import type { ModelBytes } from "./session.js";

/**
 * Reads a graph with its external data, from where it says that this is.
 *
 * @throws SmxcError `runtime/cannot-read`; `onnx/external-missing`
 */
export async function readModelFile(path: string): Promise<ModelBytes> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SmxcError([cannotReadModel(path, cause)], "io");
  });
  const externalData = await externalDataOf(path, await signatureIn(path, bytes));
  return { name: path, bytes, ...(externalData.length > 0 ? { externalData } : {}) };
}

/** What is no graph is left for ONNX Runtime to complain about. */
async function signatureIn(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Pick<Signature, "external">> {
  try {
    return signatureOf((await decodeGraph(bytesSource(path, bytes))).message);
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    return { external: new Set() };
  }
}
