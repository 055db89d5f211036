/**
 * ONNX models to bytes. Nodes, types and headers are encoded by onnx-proto; the values of initializers, also of those
 * inside sub-graphs, are spliced in while the file is written, one tensor at a time.
 *
 * The bytes depend on the model alone: fields in the order below, attributes, initializers and metadata in the order
 * of the record.
 */
import pkg, { type onnx as onnxTypes } from "onnx-proto";
import type { ByteStream } from "../base/bytes/byte-source.js";
import { WRITTEN_TYPES } from "./data-type.js";
import { type ExternalFile, tensorRope } from "./encode-tensor.js";
import { MODEL_BYTE_LIMIT, modelTooLarge } from "./errors.js";
import { EXTERNAL_DATA_SHA256 } from "./external-hash.js";
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from "./model.js";
import { delimitedField, type Rope, ropeStream } from "./write/rope.js";

const { onnx } = pkg;

const SHA256_HEX_LENGTH = 64;

/** A model whose weights are inside it. */
export interface EncodedModel {
  readonly model: ByteStream;
}

/** A model and its data file: write `data` first, hash it on the way, then write `model(hash)`. */
export interface EncodedModelWithData {
  readonly data: ByteStream;
  /** @param dataSha256 lower-case hexadecimal SHA-256 of `data`, recorded under {@link EXTERNAL_DATA_SHA256}. */
  model(dataSha256: string): ByteStream;
}

export interface EncodeOptions {
  readonly external?: ExternalOptions;
}

export interface ExternalOptions {
  /** Weights of 1 KiB and more go into a file of this name beside the model. */
  readonly location: string;
  /** Those that bodies of nodes hold stay in the model. */
  readonly keepBodies?: boolean;
}

/**
 * Lays the model out; values are read only when the streams are.
 * @throws SmxcError `onnx/model-too-large` when the model (without its data file) passes 2 GiB - 1. While streaming:
 *   `onnx/float16-overflow`, and whatever the weights' own readers throw.
 */
export function encodeModel(model: OnnxModel, options: { readonly external: ExternalOptions }): EncodedModelWithData;
export function encodeModel(model: OnnxModel, options?: { readonly external?: never }): EncodedModel;
export function encodeModel(model: OnnxModel, options: EncodeOptions = {}): EncodedModel | EncodedModelWithData {
  if (options.external === undefined) return { model: checkedStream(modelRope(model, null)) };
  const { location, keepBodies = false } = options.external;
  const file: ExternalFile = { location, keepBodies, pieces: [], length: 0 };
  const graph = graphField(model, file);
  const withHash = (sha256: string): ByteStream =>
    checkedStream([...headerRope(withProperty(model, EXTERNAL_DATA_SHA256, sha256)), ...graph]);
  withHash("0".repeat(SHA256_HEX_LENGTH));
  return { data: ropeStream(file.pieces), model: withHash };
}

/** The model with all weights inside it, or null where that passes {@link MODEL_BYTE_LIMIT} and needs external data. */
export function encodeIfItFits(model: OnnxModel): EncodedModel | null {
  const stream = ropeStream(modelRope(model, null));
  return stream.length > MODEL_BYTE_LIMIT ? null : { model: stream };
}

function checkedStream(rope: Rope): ByteStream {
  const stream = ropeStream(rope);
  if (stream.length > MODEL_BYTE_LIMIT) throw modelTooLarge(stream.length);
  return stream;
}

function modelRope(model: OnnxModel, external: ExternalFile | null): Rope {
  return [...headerRope(model), ...graphField(model, external)];
}

function headerRope(model: OnnxModel): Rope {
  const header: onnxTypes.IModelProto = {
    irVersion: model.ir_version,
    opsetImport: [{ version: model.opset }],
    producerName: model.producer_name,
    producerVersion: model.producer_version,
    metadataProps: Array.from(model.metadata_props, ([key, value]) => ({ key, value })),
  };
  if (model.doc_string !== undefined) header.docString = model.doc_string;
  return [onnx.ModelProto.encode(header).finish()];
}

function graphField(model: OnnxModel, external: ExternalFile | null): Rope {
  return delimitedField(7, graphRope(model.graph, external));
}

function graphRope(graph: OnnxGraph, external: ExternalFile | null): Rope {
  const frame = onnx.GraphProto.encode({
    name: graph.name,
    input: graph.input.map(valueInfoProto),
    output: graph.output.map(valueInfoProto),
    valueInfo: graph.value_info.map(valueInfoProto),
  }).finish();
  return [
    ...graph.node.flatMap((node) => delimitedField(1, nodeRope(node, external))),
    ...graph.initializer.flatMap((tensor) => delimitedField(5, tensorRope(tensor, external))),
    frame,
  ];
}

function nodeRope(node: OnnxNode, external: ExternalFile | null): Rope {
  const head = onnx.NodeProto.encode({
    input: [...node.input],
    output: [...node.output],
    name: node.name,
    opType: node.op_type,
  }).finish();
  const attributes = Object.entries(node.attribute).flatMap(([name, attribute]) =>
    delimitedField(5, attributeRope(name, attribute, external)),
  );
  return [head, ...attributes];
}

function attributeRope(name: string, attribute: Attribute, external: ExternalFile | null): Rope {
  if (attribute.type !== "GRAPH") return [onnx.AttributeProto.encode({ name, ...attributeValue(attribute) }).finish()];
  const head = onnx.AttributeProto.encode({ name, type: onnx.AttributeProto.AttributeType.GRAPH }).finish();
  return [head, ...delimitedField(6, graphRope(attribute.value, external?.keepBodies ? null : external))];
}

function attributeValue(attribute: Exclude<Attribute, { readonly type: "GRAPH" }>): onnxTypes.IAttributeProto {
  const type = onnx.AttributeProto.AttributeType[attribute.type];
  switch (attribute.type) {
    case "INT":
      return { type, i: integer(attribute.value) };
    case "FLOAT":
      return { type, f: attribute.value };
    case "STRING":
      return { type, s: utf8(attribute.value) };
    case "INTS":
      return { type, ints: attribute.value.map(integer) };
    case "FLOATS":
      return { type, floats: [...attribute.value] };
    case "STRINGS":
      return { type, strings: attribute.value.map(utf8) };
  }
}

/** onnx-proto would write NaN and fractions as some other integer. */
function integer(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error(`an INT attribute cannot hold ${value}`);
  return value;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function valueInfoProto(value: ValueInfo): onnxTypes.IValueInfoProto {
  const { elem_type, shape } = value.type;
  const tensorType: onnxTypes.TypeProto.ITensor = { elemType: WRITTEN_TYPES[elem_type].code };
  if (shape !== undefined) tensorType.shape = { dim: shape.map(dimensionProto) };
  return { name: value.name, type: { tensorType } };
}

function dimensionProto(dim: number | string | null): onnxTypes.TensorShapeProto.IDimension {
  if (dim === null) return {};
  return typeof dim === "number" ? { dimValue: dim } : { dimParam: dim };
}

function withProperty(model: OnnxModel, key: string, value: string): OnnxModel {
  return { ...model, metadata_props: new Map(model.metadata_props).set(key, value) };
}
