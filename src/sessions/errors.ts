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
  error("runtime/not-installed", `onnxruntime-node, which runs graphs, cannot be loaded: ${firstLine(cause)}`, {
    // Its install script only downloads CUDA libraries; where that fails, npm drops the package without a word.
    ...remedy`install it without CUDA's libraries (npm install onnxruntime-node --ignore-scripts), or run on WebAssembly with ${option("target", "wasm")}`,
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
  const given = { hint: `it was given ${sizes.join(", ")}; a network may not take every size: try another` };
  const hints = RUNTIME_HINTS.find(([pattern]) => pattern.test(cause))?.[1] ?? (sizes.length > 0 ? given : {});
  return error("runtime/failed", `ONNX Runtime cannot ${action} the graph: ${oneLine(cause)}`, { file, ...hints });
};

/** Remedies by what ONNX Runtime says. */
const RUNTIME_HINTS: readonly (readonly [pattern: RegExp, hints: Partial<Remedy>])[] = [
  [
    /Provider_Cuda|CUDA/i,
    remedy`CUDA needs onnxruntime-node's GPU package and NVIDIA's libraries; see the README, or use ${option("target", "cpu")}`,
  ],
  [/WebGPU adapter|WebGpuContext/, remedy`no graphics adapter was found; use ${option("target", "cpu")}`],
  [/Protobuf parsing failed/, { hint: "is it an ONNX file? smxc check says what is wrong with it" }],
  [/File doesn't exist/, { hint: "check the name of the file" }],
  [/fallback to CPU EP/, { hint: "some operators of the graph have no kernel on this target" }],
  [
    /external data path could not be canonicalized/,
    remedy`onnxruntime-web reads no weights of a Scan, Loop or If from another file; smxc keeps them in the graph that it compiles with ${option("target", "wasm")}`,
  ],
];

export const missingFeed = (file: string, input: string): Diagnostic =>
  error("runtime/missing-feed", `the graph's input "${input}" is given no value`, {
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
  error("runtime/lost-output", `ONNX Runtime's JavaScript interface gives no value for the output "${output}"`, {
    file,
    place: output,
    hint: "give the output another name",
  });

export const unsupportedType = (file: string, name: string, type: string): Diagnostic =>
  error("runtime/unsupported-type", `"${name}" is of type ${type}, which smxc neither feeds nor reads`, {
    file,
    place: name,
    hint: "give inputs and outputs a float, int32, int64 or bool type",
  });

/** @param why in the words of what ran the worker */
export const workerEnded = (file: string, why: string): Diagnostic =>
  error("runtime/worker-ended", `a worker that had to run the graph ended: ${oneLine(why)}`, {
    file,
    ...remedy`where memory was short, fewer workers take less of it: ${option("jobs", 1)}`,
  });

export const poolReleased = (file: string): Diagnostic =>
  error("runtime/released", "the network was released while a run was waiting", {
    file,
    hint: "wait for its results before it is released",
  });
