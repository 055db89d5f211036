/** Whether the browser has a graphics adapter for WebGPU. */
import type { WebProvider } from "./engine/protocol.js";

export type Adapter = "hardware" | "software" | "none";

export async function findAdapter(): Promise<Adapter> {
  // Browsers without WebGPU have no `gpu`.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return "none";
  const { isFallbackAdapter, architecture } = adapter.info;
  // SwiftShader computes on the CPU, and does not always say that it is a fallback.
  return isFallbackAdapter || architecture === "swiftshader" ? "software" : "hardware";
}

interface Choice {
  /** What is tried, in this order. */
  readonly automatic: readonly WebProvider[];
  readonly note: string;
}

/** WebAssembly is faster than an adapter in software. */
export const CHOICES: Readonly<Record<Adapter, Choice>> = {
  hardware: {
    automatic: ["webgpu", "wasm"],
    note: "Automatic means WebGPU here, or WebAssembly if WebGPU cannot run a network.",
  },
  software: {
    automatic: ["wasm"],
    note: "Automatic means WebAssembly here, because this browser's graphics adapter is only software.",
  },
  none: {
    automatic: ["wasm"],
    note: "Automatic means WebAssembly here, because this browser offers no graphics adapter.",
  },
};
