/**
 * For programs that hold onnx-proto's objects. They are `object` here: onnx-proto's own types are not sound (they name
 * a global `Long` that nothing declares), and would make every project that checks its libraries fail.
 */
import { asLibrary } from "../../base/remedy.js";
import type { ModelProto } from "../graph/records.js";
import { toOnnxProto as objectOf, fromOnnxProto as recordOf } from "../onnx-proto.js";

/**
 * The model as an object of onnx-proto's class `onnx.ModelProto`, all of its values in memory. onnx-proto knows ONNX
 * 1.10: what later versions added is lost.
 *
 * @throws SmxcError `onnx/model-too-large`, and whatever reading the values throws
 */
export async function toOnnxProto(model: ModelProto): Promise<object> {
  return asLibrary(() => objectOf(model));
}

/**
 * The record of an onnx-proto object; its values are copies.
 *
 * @param model an `onnx.ModelProto`, or a plain object of its fields (`onnx.IModelProto`)
 */
export async function fromOnnxProto(model: object): Promise<ModelProto> {
  return asLibrary(() => recordOf(model));
}
