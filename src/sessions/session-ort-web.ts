/** Sessions of onnxruntime-web: WebAssembly and, in browsers, WebGPU. */
import { openWebSession, type WebSessionOptions, type WebTarget } from "./open-web-session.js";
import type { ModelBytes, Session } from "./session.js";
import type { OrtModule } from "./session-ort.js";

export type { WebSessionOptions, WebTarget } from "./open-web-session.js";

/** Each entry of the package brings the WebAssembly that it needs; the plain one is half as large. */
const BROWSER_ENTRIES: Readonly<Record<WebTarget, () => Promise<OrtModule>>> = {
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
};

/**
 * Opens a graph as `openWebSession` does.
 *
 * @param load the package's entry: of browsers unless given
 */
export async function createWebSession(
  model: ModelBytes,
  options: WebSessionOptions,
  load: () => Promise<OrtModule> = BROWSER_ENTRIES[options.target],
): Promise<Session> {
  return openWebSession(await load(), model, options);
}
