/**
 * ONNX models to bytes. The bytes of blobs, such as the values of initializers, are read or made while the file is
 * written, one blob at a time.
 *
 * The bytes depend on the model alone: fields in the order of the writer's table, lists in that of the record.
 */
import type { ByteStream } from "../base/bytes/byte-source.js";
import { MODEL_BYTE_LIMIT, modelTooLarge } from "./errors.js";
import { EXTERNAL_DATA_SHA256 } from "./external-hash.js";
import { record } from "./graph/build.js";
import type { ModelProto } from "./graph/records.js";
import { type ExternalOptions, separateData, withProperty } from "./write/external-data.js";
import { type Rope, ropeLength, ropeStream } from "./write/rope.js";
import { messageRope } from "./write/write-message.js";

export type { ExternalOptions } from "./write/external-data.js";

const SHA256_HEX_LENGTH = 64;

/** A model whose weights are inside it. */
export interface EncodedModel {
  readonly model: ByteStream;
}

/** A model and its data file: write `data` first, hash it on the way, then write `model(hash)`. */
export interface EncodedModelWithData {
  readonly data: ByteStream;
  /** @param dataSha256 lower-case hexadecimal SHA-256 of `data`, for the metadata of the model. */
  model(dataSha256: string): ByteStream;
}

export interface EncodeOptions {
  readonly external?: ExternalOptions;
}

/**
 * Lays the model out; values are read only when the streams are.
 * @throws SmxcError `onnx/model-too-large` when the model (without its data file) passes 2 GiB - 1. While streaming:
 *   `onnx/float16-overflow`, and whatever the weights' own readers throw.
 */
export function encodeModel(model: ModelProto, options: { readonly external: ExternalOptions }): EncodedModelWithData;
export function encodeModel(model: ModelProto, options?: { readonly external?: never }): EncodedModel;
export function encodeModel(model: ModelProto, options: EncodeOptions = {}): EncodedModel | EncodedModelWithData {
  if (options.external === undefined) return { model: checkedStream(messageRope("ModelProto", model)) };
  const separated = separateData(model, options.external);
  const body = messageRope("ModelProto", record("ModelProto", { graph: separated.model.graph }));
  const header = { ...separated.model, graph: undefined };
  const withHash = (sha256: string): ByteStream =>
    checkedStream([...messageRope("ModelProto", withProperty(header, EXTERNAL_DATA_SHA256, sha256)), ...body]);
  withHash("0".repeat(SHA256_HEX_LENGTH));
  return { data: ropeStream(separated.data), model: withHash };
}

/** Bytes that the model has with all weights inside it, however many. */
export function encodedLength(model: ModelProto): number {
  return ropeLength(messageRope("ModelProto", model));
}

/** The model with all weights inside it, or null where that passes {@link MODEL_BYTE_LIMIT} and needs external data. */
export function encodeIfItFits(model: ModelProto): EncodedModel | null {
  const stream = ropeStream(messageRope("ModelProto", model));
  return stream.length > MODEL_BYTE_LIMIT ? null : { model: stream };
}

function checkedStream(rope: Rope): ByteStream {
  const stream = ropeStream(rope);
  if (stream.length > MODEL_BYTE_LIMIT) throw modelTooLarge(stream.length);
  return stream;
}
