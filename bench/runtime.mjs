/** ONNX Runtime as all measurements open it. */
import { readFileSync } from "node:fs";

const RUNTIMES = {
  cpu: async () => (await import("onnxruntime-node")).default,
  wasm: async (threads) => {
    const ort = (await import("onnxruntime-web")).default;
    ort.env.wasm.numThreads = threads;
    return ort;
  },
};

/**
 * @param model bytes, or the path of a file
 * @param {{target?: "cpu" | "wasm", threads?: number, optimization?: "disabled" | "basic" | "extended" | "all"}} options
 */
export async function openSession(model, { target = "cpu", threads = 1, optimization = "all" } = {}) {
  const ort = await RUNTIMES[target](threads);
  const bytes = target === "wasm" && typeof model === "string" ? readFileSync(model) : model;
  return ort.InferenceSession.create(bytes, {
    executionProviders: [target],
    intraOpNumThreads: threads,
    graphOptimizationLevel: optimization,
    // As smxc's own sessions: threads that spin after a run take the time of the graph that is next.
    extra: { session: { force_spinning_stop: "1" } },
    logSeverityLevel: 3,
  });
}

/** Values in [0,1) that are the same in every process. */
export async function pictures(shape, { target = "cpu", threads = 1 } = {}) {
  const ort = await RUNTIMES[target](threads);
  let state = 1;
  const data = Float32Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  return new ort.Tensor("float32", data, shape);
}

/** The version of what a target's graphs run in. */
export async function runtimeVersion(target) {
  const { env } = await RUNTIMES[target](1);
  return env.versions[target === "wasm" ? "web" : "node"] ?? env.versions.common;
}
