/** Sessions in Node: onnxruntime-node, and onnxruntime-web's WebAssembly. */
import { availableParallelism } from "node:os";
import { SmxcError } from "../base/diagnostics.js";
import { runtimeMissing } from "./errors.js";
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createOrtSession, type OrtModule } from "./session-ort.js";
import { createWebSession } from "./session-ort-web.js";
import { refuseTelemetry } from "./telemetry-node.js";

/**
 * Opens a graph on a target. The runtime is loaded by the first call: onnxruntime-node is an optional dependency. The
 * number of threads is always given, by default that of the cores that the process may use: ONNX Runtime's own default pins
 * threads to cores, and knows no limits of containers.
 *
 * @param model bytes, or the path of a file, whose external data is found beside it
 * @throws SmxcError `runtime/not-installed`; `runtime/cannot-read`; `runtime/failed` with ONNX Runtime's message
 */
export async function createNodeSession(model: ModelBytes | string, options: SessionOptions): Promise<Session> {
  const { target, threads = availableParallelism() } = options;
  if (target !== "wasm") return createOrtSession(await loadNode(), model, { ...options, threads });
  const bytes = typeof model === "string" ? await readModelFile(model) : model;
  return createWebSession(bytes, { ...options, target, threads }, () => import("onnxruntime-web"));
}

/** What reads graphs is loaded where it is needed: worker threads start often, and onnxruntime-node reads by itself. */
async function readModelFile(path: string): Promise<ModelBytes> {
  return (await import("./model-file-node.js")).readModelFile(path);
}

async function loadNode(): Promise<OrtModule> {
  refuseTelemetry();
  try {
    return (await import("onnxruntime-node")) as unknown as OrtModule;
  } catch (cause) {
    throw new SmxcError([runtimeMissing((cause as Error).message)], "io");
  }
}
