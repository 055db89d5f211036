/** A document's network as a graph. */
import { collect } from "../../../src/base/bytes/byte-source.js";
import { compile } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import { type GraphTiling, graphMetadata, readMetadata } from "../../../src/metadata.js";
import { openGiven } from "../../../src/model-input.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import { property } from "../../../src/onnx/graph/build.js";
import { metadataOf } from "../../../src/onnx/signature.js";
import type { ModelInput } from "../../../src/runtime/web.js";

export type DocumentModel = Extract<ModelInput, { readonly document: unknown }>;

/**
 * @param tiling what tiles of pictures must be, for a graph that is to run in them
 * @throws SmxcError
 */
export async function compiledGraph(
  { document, weights, name }: DocumentModel,
  options: CompileOptions,
  tiling?: GraphTiling,
): Promise<Uint8Array<ArrayBuffer>> {
  const model = await openGiven(document, weights, undefined, name);
  return model.placeErrors(() => {
    const { model: graph, choices } = compile(model.spec, model.weights, options);
    const before = readMetadata(metadataOf(graph));
    if (tiling === undefined || before === undefined) return collect(encodeModel(graph).model);
    const metadata = graphMetadata({ name: model.spec.name, tiling, before }, options, choices);
    const metadata_props = Array.from(metadata, ([key, value]) => property(key, value));
    return collect(encodeModel({ ...graph, metadata_props }).model);
  });
}
