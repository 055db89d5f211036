/** What can be wrong with runs of graphs. */
import { explain } from "../base/bytes/file-errors.js";
import { type Diagnostic, error } from "../base/diagnostics.js";
import { firstLine, oneLine } from "../base/one-line.js";
import { option, type Remedy, remedy } from "../base/remedy.js";

export const externalMissing = (file: string, location: string, why: string): Diagnostic =>
  error("onnx/external-missing", `the external data "${location}" cannot be read: ${why}`, {
    file,
    hint: "keep the .data file beside the graph",
  });

export const runtimeMissing = (cause: string): Diagnostic =>
  error("runtime/not-installed", `onnxruntime-node cannot be loaded: ${firstLine(cause)}`, {
    // Its install script only downloads CUDA libraries; where that fails, npm drops the package without a word.
    ...remedy`install it without the CUDA libraries (npm install onnxruntime-node --ignore-scripts), or run on WebAssembly with ${option("target", "wasm")}`,
  });

export const cannotReadModel = (file: string, cause: unknown): Diagnostic => {
  const { meaning } = explain(cause as Error);
  return error("runtime/cannot-read", `the graph cannot be read: ${meaning}`, {
    file,
    hint: "check the name and the permissions of the file",
  });
};

/** @param sizes of the inputs of a run, with their names */
export const runtimeFailed = (
  file: string,
  action: "load" | "run",
  cause: string,
  sizes: readonly string[] = [],
): Diagnostic => {
  const given = {
    hint: `try another size, because a network may not take every size; this run used ${sizes.join(", ")}`,
  };
  const hints = RUNTIME_HINTS.find(([pattern]) => pattern.test(cause))?.[1] ?? (sizes.length > 0 ? given : {});
  return error("runtime/failed", `ONNX Runtime cannot ${action} the graph: ${oneLine(cause)}`, { file, ...hints });
};

/** Remedies by what ONNX Runtime says. */
const RUNTIME_HINTS: readonly (readonly [pattern: RegExp, hints: Partial<Remedy>])[] = [
  [
    /Provider_Cuda|CUDA/i,
    remedy`install onnxruntime-node's GPU package and NVIDIA's libraries (see the README), or use ${option("target", "cpu")}`,
  ],
  [/WebGPU adapter|WebGpuContext/, remedy`use ${option("target", "cpu")}; no graphics adapter was found`],
  [/Protobuf parsing failed/, { hint: "check that it is an ONNX file; smxc check lists what is wrong with it" }],
  [/File doesn't exist/, { hint: "check the name of the file" }],
  [/fallback to CPU EP/, { hint: "use another target; this one has no kernel for some operators of the graph" }],
  [
    /external data path could not be canonicalized/,
    remedy`compile the graph with ${option("target", "wasm")}, which keeps these weights in it; onnxruntime-web cannot read weights of a Scan, Loop or If from another file`,
  ],
];

export const missingFeed = (file: string, input: string): Diagnostic =>
  error("runtime/missing-feed", `the graph's input "${input}" has no value`, {
    file,
    place: input,
    hint: "feed every input of the graph",
  });

export const unknownFeed = (file: string, name: string, inputs: readonly string[]): Diagnostic =>
  error("runtime/unknown-feed", `the graph has no input "${name}"`, {
    file,
    hint: `its inputs are ${inputs.join(", ")}`,
  });

export const lostOutput = (file: string, output: string): Diagnostic =>
  error("runtime/lost-output", `ONNX Runtime's JavaScript interface returned no value for the output "${output}"`, {
    file,
    place: output,
    hint: "give the output another name",
  });

export const unsupportedType = (file: string, name: string, type: string): Diagnostic =>
  error("runtime/unsupported-type", `"${name}" has the type ${type}, which smxc does not support`, {
    file,
    place: name,
    hint: "export the network with inputs and outputs of type float, int32, int64 or bool",
  });

/** @param why in the words of what ran the worker */
export const workerEnded = (file: string, why: string): Diagnostic =>
  error("runtime/worker-ended", `a worker ended while it ran the graph: ${oneLine(why)}`, {
    file,
    ...remedy`if memory was short, use fewer workers: ${option("jobs", 1)}`,
  });

export const poolReleased = (file: string): Diagnostic =>
  error("runtime/released", "the network was released while a run was still waiting", {
    file,
    hint: "wait for all results before you release the network",
  });
