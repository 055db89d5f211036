/** `smxc/runtime` in Node: onnxruntime-node on CPU, WebGPU and CUDA, or onnxruntime-web on WebAssembly. */
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { openFileSource } from "../base/bytes/file-source-node.js";
import { type Reporter, SmxcError } from "../base/diagnostics.js";
import { asLibrary, libraryReporter } from "../base/remedy.js";
import { weightsElsewhere } from "../frontends/document/errors.js";
import { parseDocument } from "../frontends/document/parse.js";
import type { Target } from "../lowerings/targets.js";
import { defaultMemory } from "../restore/cost/memory-node.js";
import { scratchFiles } from "../restore/global/scratch-file-node.js";
import { type LoadedNetwork, type LoadOptions, loadWith, type ModelInput } from "../restore/load.js";
import { cannotReadModel } from "../sessions/errors.js";
import { nodeHost } from "../sessions/workers/host-node.js";
import { modelPath } from "../shipped/model-path-node.js";

export type { ImageFormat, Magic } from "../files/image-format.js";
export type { Target } from "../lowerings/targets.js";
export { decodeImage } from "../pictures/decode-image-node.js";
export { encodeImage, readImage } from "../pictures/image-node.js";
export type { OpenScratch, Scratch } from "../restore/global/scratch.js";
export type { LoadOptions, ModelInput } from "../restore/load.js";
export * from "./shared.js";

export interface NodeLoadOptions extends LoadOptions {
  /** The execution provider; default: `cpu`. */
  readonly target?: Target;
}

/**
 * Loads a network.
 *
 * @param model the path of a model document or of an ONNX graph, or either of them in memory; or the name of a network
 *   that comes with smxc, such as `nsr-x2`, unless there is a file of that name
 * @throws SmxcError with everything that is wrong with the model or the options
 */
export async function load(model: string | ModelInput, options: NodeLoadOptions = {}): Promise<LoadedNetwork> {
  const { target = "cpu" } = options;
  const path = typeof model === "string" ? await asLibrary(() => pathOf(model, options.report)) : undefined;
  const { input, close } = typeof model === "string" ? await fromFiles(path!) : { input: model, close: async () => {} };
  // ONNX Runtime finds the external data of a graph beside its file.
  const file = "graph" in input ? path : undefined;
  try {
    const { open, ...host } = nodeHost({ ...options, target });
    const network = await loadWith(
      input,
      target,
      { memory: defaultMemory(), openScratch: scratchFiles(), ...options },
      { ...host, open: (bytes, use) => open(file ?? bytes, use) },
    );
    return {
      ...network,
      release: async () => {
        await network.release();
        await close();
      },
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function pathOf(model: string, report: Reporter | undefined): Promise<string> {
  return modelPath(model, "document", libraryReporter(report).report ?? (() => {}));
}

/** The weights are read when parts of the network are compiled, so their file stays open until the network is released. */
async function fromFiles(path: string): Promise<{ readonly input: ModelInput; close(): Promise<void> }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SmxcError([cannotReadModel(path, cause)], "io");
  });
  if (!/^\s*\{/.test(bytes.subarray(0, 64).toString("utf8"))) {
    return { input: { graph: bytes, name: path }, close: async () => {} };
  }
  const file = parseDocument(bytes, path).spec.weights?.file;
  if (file === undefined) return { input: { document: bytes, name: path }, close: async () => {} };
  if (isAbsolute(file) || file.split(/[\\/]/).includes("..") || file.includes("\0")) {
    throw new SmxcError([{ ...weightsElsewhere(file), file: path }]);
  }
  const weights = await openFileSource(join(dirname(path), file));
  return { input: { document: bytes, weights, name: path }, close: () => weights.close() };
}
