/** Sessions in Node: onnxruntime-node, and onnxruntime-web's WebAssembly. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { bytesSource } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { decodeGraph } from "../onnx/decode.js";
import { type Signature, signatureOf } from "../onnx/signature.js";
import { cannotReadModel, runtimeMissing } from "./errors.js";
import { externalDataOf } from "./external-data-node.js";
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createOrtSession, type OrtModule } from "./session-ort.js";
import { createWebSession } from "./session-ort-web.js";

/**
 * Opens a graph on a target. The runtime is loaded by the first call: onnxruntime-node is an optional dependency. The
 * number of threads is always told, by default that of the cores that the process may use: ONNX Runtime's own default pins
 * threads to cores, and knows no limits of containers.
 *
 * @param model bytes, or the path of a file, whose external data is found beside it
 * @throws SmxcError `runtime/not-installed`; `runtime/cannot-read`; `runtime/failed` with ONNX Runtime's message
 */
export async function createNodeSession(model: ModelBytes | string, options: SessionOptions): Promise<Session> {
  const { target, threads = availableParallelism() } = options;
  if (target !== "wasm") return createOrtSession(await loadNode(), model, { ...options, threads });
  const bytes = typeof model === "string" ? await readModel(model) : model;
  return createWebSession(bytes, { ...options, target, threads }, () => import("onnxruntime-web"));
}

/** WebAssembly sees no files: external data is read from where the graph says that it is. */
async function readModel(path: string): Promise<ModelBytes> {
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

async function loadNode(): Promise<OrtModule> {
  try {
    return (await import("onnxruntime-node")) as unknown as OrtModule;
  } catch (cause) {
    throw new SmxcError([runtimeMissing((cause as Error).message)], "io");
  }
}
