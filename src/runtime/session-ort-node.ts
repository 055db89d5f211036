/** Sessions in Node: onnxruntime-node, and onnxruntime-web's WebAssembly. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { SmxcError } from "../diagnostics.js";
import { cannotReadModel, runtimeMissing } from "./errors.js";
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createOrtSession, type OrtModule } from "./session-ort.js";
import { createWebSession } from "./session-ort-web.js";

/**
 * Opens a graph on a target. The runtime is loaded by the first call: onnxruntime-node is an optional dependency.
 *
 * @param model bytes, or the path of a file, whose external data is found beside it
 * @throws SmxcError `runtime/not-installed`; `runtime/cannot-read`; `runtime/failed` with ONNX Runtime's message
 */
export async function createNodeSession(model: ModelBytes | string, options: SessionOptions): Promise<Session> {
  const { target } = options;
  if (target !== "wasm") return createOrtSession(await loadNode(), model, options);
  const bytes = typeof model === "string" ? await readModel(model) : model;
  return createWebSession(bytes, { ...options, target }, () => import("onnxruntime-web"));
}

/** WebAssembly sees no files: external data is read from where smxc writes it, `<file>.data`. */
async function readModel(path: string): Promise<ModelBytes> {
  const data = `${path}.data`;
  try {
    const bytes = await readFile(path);
    const external = await readFile(data).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw cause;
    });
    const externalData = external && { externalData: [{ path: basename(data), bytes: external }] };
    return { name: path, bytes, ...externalData };
  } catch (cause) {
    throw new SmxcError([cannotReadModel(path, cause)], "io");
  }
}

async function loadNode(): Promise<OrtModule> {
  try {
    return (await import("onnxruntime-node")) as unknown as OrtModule;
  } catch (cause) {
    throw new SmxcError([runtimeMissing((cause as Error).message)], "io");
  }
}
