/** The library's front: whole steps on bytes, for Node and browsers alike. */
import { compile as compileModel } from "./compile.js";
import type { CompileOptions } from "./compile-options.js";
import { type ImportOptions, importModel } from "./importers/import.js";
import { encodeModel } from "./onnx/encode.js";
import { type Bytes, type DocumentInput, sourceOf, withModel } from "./open-model.js";
import type { ModelDocument } from "./spec/document.js";
import { bytesSource, collect } from "./weights/byte-source.js";
import { openWeights } from "./weights/open.js";

export type { Bytes, DocumentInput };

/**
 * Compiles a model document and its weights to an ONNX file.
 *
 * @param weights the safetensors file that the document names; undefined for a network without tensors
 * @throws SmxcError with everything that is wrong with the document, the weights or the options
 */
export async function compile(
  document: DocumentInput,
  weights: Bytes | undefined,
  options: CompileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return withModel(document, weights, options.report, (spec, store) =>
    collect(encodeModel(compileModel(spec, store, options).model).model),
  );
}

/** An imported checkpoint, ready to be written as two files that belong together. */
export interface ImportedCheckpoint {
  readonly document: ModelDocument;
  /** The file that `document.weights` names. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/**
 * Imports a PyTorch or safetensors checkpoint; nothing in it is executed.
 *
 * @param options.key the entry of the checkpoint that holds the tensors, where it is not found
 * @param options.weightsFile the name that the document gives the weights
 * @throws SmxcError with all missing, misshapen and unexpected tensors
 */
export async function importCheckpoint(
  checkpoint: Bytes,
  options: ImportOptions & { readonly key?: string; readonly weightsFile?: string } = {},
): Promise<ImportedCheckpoint> {
  const { key, weightsFile = "model.weights.safetensors", ...rest } = options;
  const source = sourceOf("checkpoint", checkpoint);
  const store = await openWeights(source, {
    ...(key === undefined ? {} : { key }),
    ...(rest.report ? { report: rest.report } : {}),
  });
  const imported = importModel(store, rest);
  const weights = await collect(imported.weights);
  const sha256 = await bytesSource(weightsFile, weights).sha256();
  const origin = { arch: imported.arch, sha256: await source.sha256() };
  return { document: { ...imported.document, source: origin, weights: { file: weightsFile, sha256 } }, weights };
}
