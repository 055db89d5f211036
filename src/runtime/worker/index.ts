/**
 * `smxc/runtime/worker`: the runtime in a Web Worker, so that the page stays free. Nothing of the compiler or of ONNX Runtime
 * is loaded by the page itself.
 */
import { SmxcError } from "../../base/diagnostics.js";
import type { LoadedNetwork } from "../../restore/load.js";
import type { WebLoadOptions } from "../web.js";
import { noWorkers } from "./errors.js";
import { networkInWorker } from "./network-in-worker.js";
import type { WorkerModel } from "./protocol.js";
import { startPagePort } from "./start-page-port.js";

export type { WebTarget } from "../../sessions/session-ort-web.js";
export * from "../shared.js";
export type { WorkerModel } from "./protocol.js";

export type WorkerLoadOptions = Omit<WebLoadOptions, "openScratch">;

/**
 * Loads a network in its own worker, like `load` of `smxc/runtime` does in the calling thread. Pictures are copied to
 * the worker. When the signal of a run is aborted, the run rejects at once, and the worker stops after the current
 * part. `release` ends the worker.
 *
 * @throws SmxcError like `load`; `runtime/network-worker-ended` if the worker cannot start or ends by itself, and
 *   `runtime/no-workers` if there are no Web Workers, as in Node
 */
export async function load(model: WorkerModel, options: WorkerLoadOptions = {}): Promise<LoadedNetwork> {
  if (!hasWebWorkers()) throw new SmxcError([noWorkers()], "usage");
  const { report, wasmPaths, ...values } = options;
  // Relative to the page, as without a worker.
  const served = wasmPaths === undefined ? {} : { wasmPaths: new URL(wasmPaths, location.href).href };
  return networkInWorker(startPagePort, model, { ...values, ...served }, report);
}

/** In Node, ONNX Runtime's WebAssembly shows Node's threads under this name: they are no Web Workers. */
function hasWebWorkers(): boolean {
  return typeof Worker !== "undefined" && "addEventListener" in Worker.prototype;
}
