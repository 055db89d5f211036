/** Sessions of an entry of onnxruntime-web that is loaded. */
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createOrtSession, type OrtModule } from "./session-ort.js";

export type WebTarget = "wasm" | "webgpu";

export interface WebSessionOptions extends Omit<SessionOptions, "target"> {
  readonly target: WebTarget;
  /** Where the package's `.wasm` and `.mjs` files are served, when not beside the script. */
  readonly wasmPaths?: string;
}

/**
 * Threads, of which only pages that are cross-origin isolated may have more than one, and paths are taken by the first
 * session of a page: the package starts its WebAssembly once.
 */
export async function openWebSession(
  ort: OrtModule,
  model: ModelBytes,
  { wasmPaths, ...options }: WebSessionOptions,
): Promise<Session> {
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const session = last.then(() => createOrtSession(ort, model, options));
  last = session.then(ignore, ignore);
  return session;
}

/** The session that is being opened: on WebGPU the package refuses to open two at a time. */
let last: Promise<void> = Promise.resolve();

function ignore(): void {}
