/** ONNX files as records, and records as files. */
import { type ByteSource, blobSource, bytesSource } from "../base/bytes/byte-source.js";
import { decodeFile } from "./decode.js";
import { encodeModel } from "./encode.js";
import type { ModelProto } from "./graph/records.js";

/**
 * Reads a model. Values of more than a few KiB stay where they are until someone asks for them, and external data always:
 * memory is bounded by the graph and not by its weights.
 * @throws SmxcError with one of the codes `onnx/wire-*`, or `onnx/unknown-format` where the file is known to be
 *   something else
 */
export async function readModel(source: ByteSource | Uint8Array<ArrayBuffer> | globalThis.Blob): Promise<ModelProto> {
  return (await decodeFile(asSource(source))).message;
}

function asSource(source: ByteSource | Uint8Array<ArrayBuffer> | globalThis.Blob): ByteSource {
  if (source instanceof Uint8Array) return bytesSource("the model", source);
  if (source instanceof globalThis.Blob) return blobSource("the model", source);
  return source;
}

/** Writes a model; see `encodeModel`. */
export const writeModel = encodeModel;
