/** The library's front: whole steps on bytes, for Node and browsers alike. */

import { bytesSource, collect } from "./base/bytes/byte-source.js";
import { type Bytes, sourceOf } from "./base/bytes/bytes.js";
import { warning } from "./base/diagnostics.js";
import { asLibrary, libraryReporter } from "./base/remedy.js";
import { compile as compileModel } from "./compile.js";
import type { CompileOptions } from "./compile-options.js";
import { openWeights } from "./files/open.js";
import { prefixFinder } from "./frontends/checkpoints/architecture.js";
import { type ImportOptions, importModel } from "./frontends/checkpoints/import.js";
import { originOf } from "./frontends/checkpoints/origin.js";
import type { ModelDocument } from "./frontends/document/document.js";
import { type DocumentInput, openGiven } from "./model-input.js";
import { encodeModel } from "./onnx/encode.js";
import { weightsNotFinite } from "./verify/errors.js";
import { notFiniteWeights } from "./verify/finite.js";

export type { Bytes, DocumentInput };

/**
 * Compiles a model document and its weights to an ONNX file. Reports weights that are NaN or infinite to
 * `options.report`.
 *
 * @param weights the safetensors file that the document names; undefined for a network without tensors
 * @throws SmxcError with everything that is wrong with the document, the weights or the options
 */
export async function compile(
  document: DocumentInput,
  weights: Bytes | undefined,
  options: CompileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { report } = libraryReporter(options.report);
  return asLibrary(async () => {
    const opened = await openGiven(document, weights, report);
    return opened.placeErrors(async () => {
      const { model, reference } = compileModel(opened.spec, opened.weights, {
        ...options,
        ...(report ? { report } : {}),
      });
      if (report)
        for (const each of weightsNotFinite(await notFiniteWeights(reference), "weights", warning)) report(each);
      return collect(encodeModel(model).model);
    });
  });
}

/** An imported checkpoint, ready to be written as two files that belong together. */
export interface ImportedCheckpoint {
  readonly document: ModelDocument;
  /** The file that `document.weights` names. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/**
 * Imports a PyTorch or safetensors checkpoint. Code in the checkpoint is never run.
 *
 * @param options.key the entry of the checkpoint that holds the tensors, or the prefix of their names, if smxc does
 *   not find it
 * @param options.weightsFile the name that the document gives the weights file
 * @throws SmxcError with all tensors that are missing, unexpected or of a wrong shape
 */
export async function importCheckpoint(
  checkpoint: Bytes,
  options: ImportOptions & { readonly key?: string; readonly weightsFile?: string } = {},
): Promise<ImportedCheckpoint> {
  const { key, weightsFile = "model.weights.safetensors", report, ...others } = options;
  const rest = { ...others, ...libraryReporter(report) };
  return asLibrary(() => importBytes(checkpoint, key, weightsFile, rest));
}

async function importBytes(
  checkpoint: Bytes,
  key: string | undefined,
  weightsFile: string,
  rest: ImportOptions,
): Promise<ImportedCheckpoint> {
  const source = sourceOf("checkpoint", checkpoint);
  const store = await openWeights(source, {
    ...(key === undefined ? {} : { key }),
    findPrefixes: prefixFinder(rest.arch),
    ...(rest.report ? { report: rest.report } : {}),
  });
  const imported = importModel(store, rest);
  const weights = await collect(imported.weights);
  const sha256 = await bytesSource(weightsFile, weights).sha256();
  const origin = await originOf(imported.arch, source);
  return { document: { ...imported.document, source: origin, weights: { file: weightsFile, sha256 } }, weights };
}
