/** ONNX files as records, and records as files. */
import { type ByteStream, collect } from "../../base/bytes/byte-source.js";
import { type Bytes, sourceOf } from "../../base/bytes/bytes.js";
import { asLibrary, inLibraryStream, nowAsLibrary } from "../../base/remedy.js";
import { decodeGraph } from "../decode.js";
import { type EncodedModelWithData, type ExternalOptions, encodeModel } from "../encode.js";
import type { ModelProto, ModelWithGraph } from "../graph/records.js";

/**
 * Reads a model; every field that the file has, those that ONNX does not define too. Values of more than a few KiB stay
 * where they are until someone asks for them, and external data always: memory is bounded by the graph and not by its
 * weights. So a file must not be changed as long as its record is used: write another, and rename it.
 *
 * @param name what messages call the file; a `ByteSource` has its own
 * @throws SmxcError with one of the codes `onnx/wire-*`, `onnx/unknown-format` where the file is known to be something
 *   else, or `onnx/no-graph`
 */
export async function readModel(source: Bytes, name = "model.onnx"): Promise<ModelWithGraph> {
  const { message } = await asLibrary(() => decodeGraph(sourceOf(name, source)));
  return message;
}

/**
 * Writes a model; its values are read when the stream is, one tensor at a time. The bytes depend on the record alone.
 *
 * @throws SmxcError `onnx/model-too-large` past 2 GiB - 1 (see {@link writeModelWithData}); while streaming:
 *   `onnx/float16-overflow`, and whatever reading the values throws
 */
export function writeModel(model: ModelProto): ByteStream {
  return nowAsLibrary(() => inLibraryStream(encodeModel(model).model));
}

/**
 * Writes a model and a file of its weights: write `data` first, hash it on the way, then write `model(hash)`. Weights
 * that are external already stay where they are.
 *
 * @throws SmxcError as {@link writeModel}
 */
export function writeModelWithData(model: ModelProto, options: ExternalOptions): EncodedModelWithData {
  return nowAsLibrary(() => {
    const encoded = encodeModel(model, { external: options });
    return {
      data: inLibraryStream(encoded.data),
      model: (dataSha256) => nowAsLibrary(() => inLibraryStream(encoded.model(dataSha256))),
    };
  });
}

/**
 * The bytes of {@link writeModel} in one array.
 *
 * @throws SmxcError as {@link writeModel}
 */
export async function toBytes(model: ModelProto): Promise<Uint8Array<ArrayBuffer>> {
  return collect(writeModel(model));
}
