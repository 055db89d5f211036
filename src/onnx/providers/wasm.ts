import { CPU } from "./cpu.js";
import type { KernelTable } from "./kernel-table.js";

/**
 * onnxruntime-web's WebAssembly build has every kernel of the CPU provider but the blocked ones (NCHWc), which only
 * transforms of graphs use: scripts/generate-providers.mjs asks both for each and stops where they differ.
 */
export const WASM: KernelTable = {
  ...CPU,
  source: "onnxruntime-web 1.30.0, sessions of one node, which it opens where the CPU provider does",
};
