/**
 * For programs that hold onnx-proto's objects. Both ways go through protobuf's bytes, all of them in memory. onnx-proto
 * knows ONNX 1.10: what later versions added is lost in its objects.
 */
import pkg, { type onnx as onnxTypes } from "onnx-proto";
import { bytesSource, collect } from "../base/bytes/byte-source.js";
import { decodeModel } from "./decode.js";
import { encodeModel } from "./encode.js";
import type { ModelProto } from "./graph/records.js";

const { onnx } = pkg;

/**
 * A model as onnx-proto's object.
 * @throws SmxcError `onnx/model-too-large`, and whatever reading the values throws
 */
export async function toOnnxProto(model: ModelProto): Promise<onnxTypes.ModelProto> {
  return onnx.ModelProto.decode(await collect(encodeModel(model).model));
}

/** The record of an onnx-proto object; its values are copies. */
export async function fromOnnxProto(model: onnxTypes.IModelProto): Promise<ModelProto> {
  const bytes = Uint8Array.from(onnx.ModelProto.encode(model).finish());
  return (await decodeModel(bytesSource("the onnx-proto model", bytes))).message;
}
