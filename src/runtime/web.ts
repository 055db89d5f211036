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
  /** Default: WebGPU if the browser has a graphics adapter, else WebAssembly. */
  readonly target?: WebTarget;
  /** The address of onnxruntime-web's `.wasm` and `.mjs` files, if they are not beside the script. */
  readonly wasmPaths?: string;
}

/**
 * Loads a network. Also works in workers.
 *
 * @param model a model in memory; or the name of a network that comes with smxc, such as `nsr-x2`, whose files are
 *   downloaded from where the bundler put them
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

/** The fastest target of this browser. */
export async function bestTarget(): Promise<WebTarget> {
  const { gpu } = navigator as Navigator & { readonly gpu?: Gpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? "webgpu" : "wasm";
}
