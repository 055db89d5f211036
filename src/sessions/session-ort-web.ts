/** Sessions of onnxruntime-web: WebAssembly and, in browsers, WebGPU. */
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createOrtSession, type OrtModule } from "./session-ort.js";

export type WebTarget = "wasm" | "webgpu";

export interface WebSessionOptions extends Omit<SessionOptions, "target"> {
  readonly target: WebTarget;
  /** Where the package's `.wasm` and `.mjs` files are served, when not beside the script. */
  readonly wasmPaths?: string;
}

/** Each entry of the package brings the WebAssembly that it needs; the plain one is half as large. */
const BROWSER_ENTRIES: Readonly<Record<WebTarget, () => Promise<OrtModule>>> = {
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
};

/**
 * Threads, of which only pages that are cross-origin isolated may have more than one, and paths are taken by the first
 * session of a page: the package starts its WebAssembly once.
 *
 * @param load the package's entry: of browsers unless given
 */
export async function createWebSession(
  model: ModelBytes,
  options: WebSessionOptions,
  load: () => Promise<OrtModule> = BROWSER_ENTRIES[options.target],
): Promise<Session> {
  const ort = await load();
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  const session = last.then(() => createOrtSession(ort, model, options));
  last = session.then(ignore, ignore);
  return session;
}

/** The session that is being opened: on WebGPU the package refuses to open two at a time. */
let last: Promise<void> = Promise.resolve();

function ignore(): void {}
