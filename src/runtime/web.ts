/** `smxc/runtime` in browsers: onnxruntime-web on WebGPU, or on WebAssembly where there is no graphics adapter. */
import { asLibrary } from "../base/remedy.js";
import { browserMemory } from "../restore/cost/memory.js";
import { type LoadedNetwork, type LoadOptions, loadWith, type ModelInput } from "../restore/load.js";
import type { WebTarget } from "../sessions/session-ort-web.js";
import { webHost } from "../sessions/workers/host-web.js";
import { fetchNetwork } from "../shipped/fetch-network.js";

export type { LoadOptions, ModelInput } from "../restore/load.js";
export type { WebTarget } from "../sessions/session-ort-web.js";
export * from "./shared.js";

export interface WebLoadOptions extends LoadOptions {
  /** By default WebGPU where the browser has an adapter, else WebAssembly. */
  readonly target?: WebTarget;
  /** Where onnxruntime-web's `.wasm` and `.mjs` files are served, when not beside the script. */
  readonly wasmPaths?: string;
}

/**
 * Loads a network. Runs in workers too.
 *
 * @param model a model in memory; or the name of a network that comes with smxc, such as `nsr-x2`, which is fetched from
 *   where the bundler put it
 * @throws SmxcError with everything that is wrong with the model or the options
 */
export async function load(model: string | ModelInput, options: WebLoadOptions = {}): Promise<LoadedNetwork> {
  const [target, input] = await Promise.all([
    options.target ?? bestTarget(),
    typeof model === "string" ? asLibrary(() => fetchNetwork(model)) : model,
  ]);
  return loadWith(input, target, { memory: deviceMemory(), ...options }, webHost({ ...options, target }));
}

function deviceMemory(): number {
  return browserMemory((navigator as Navigator & { readonly deviceMemory?: number }).deviceMemory);
}

interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** What this browser runs fastest. */
export async function bestTarget(): Promise<WebTarget> {
  const { gpu } = navigator as Navigator & { readonly gpu?: Gpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? "webgpu" : "wasm";
}
