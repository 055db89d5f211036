import { SmxcError } from "../base/diagnostics.js";
import type { ModelBytes, Session, SessionOptions } from "./session.js";
import { createNodeSession } from "./session-ort-node.js";

/** What runs a graph on the processor: onnxruntime-node's CPU provider, or onnxruntime-web's WebAssembly. */
export type CpuProvider = "cpu" | "wasm";

/**
 * Opens a graph on the processor with the package that is there: onnxruntime-node is optional, and where it could not be
 * installed onnxruntime-web, which always is, computes the same more slowly.
 *
 * @throws SmxcError `runtime/failed` with ONNX Runtime's message
 */
export async function createCpuSession(
  model: ModelBytes,
  options: Omit<SessionOptions, "target"> = {},
): Promise<{ readonly session: Session; readonly provider: CpuProvider }> {
  try {
    return { session: await createNodeSession(model, { ...options, target: "cpu" }), provider: "cpu" };
  } catch (cause) {
    if (!(cause instanceof SmxcError && cause.diagnostics[0]?.code === "runtime/not-installed")) throw cause;
    return { session: await createNodeSession(model, { ...options, target: "wasm" }), provider: "wasm" };
  }
}
