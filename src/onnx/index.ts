/**
 * `smxc/onnx`: ONNX files as plain readonly records, in Node and browsers: read, write, check, infer shapes, compare, walk.
 * No ONNX Runtime and no Python is needed. Experimental: names and records may change in any minor version.
 *
 * Records have ONNX's own spelling, every field of ONNX 1.23.1, and what ONNX does not define. An absent optional field
 * is undefined, not its default. A changed model is a copy with other fields: `{ ...model, doc_string: "mine" }`.
 */
export type { ByteSource, ByteStream } from "../base/bytes/byte-source.js";
export type { Bytes } from "../base/bytes/bytes.js";
export { type Diagnostic, type FailureKind, type Severity, SmxcError } from "../base/diagnostics.js";
export type { LazyTensor, TensorData } from "../tensors/tensor.js";
export type { CheckOptions } from "./check/check-model.js";
export type { ExternalDataFile, ExternalDataFolder, ExternalDataState } from "./check/external-folder.js";
export { type Finding, isFullyValid, isValid } from "./check/finding.js";
export type { FindingSeverity } from "./check/rule.js";
export type { RuleId } from "./check/rules.js";
export { type Visitor, walkModel } from "./check/walk.js";
export type { Change, ChangeKind, DiffResult } from "./diff/diff.js";
export type { WeightVerdict } from "./diff/weights.js";
export type { EncodedModelWithData, ExternalOptions } from "./encode.js";
export { checkBytes, checkModel } from "./front/check.js";
export { type DiffOptions, diffModels } from "./front/diff.js";
export { readModel, toBytes, writeModel, writeModelWithData } from "./front/files.js";
export { type InferOptions, inferTypes } from "./front/infer.js";
export { fromOnnxProto, toOnnxProto } from "./front/onnx-proto.js";
export { type Blob, HeldBytes } from "./graph/blob.js";
export * as build from "./graph/build.js";
export { type ElementTypeName, elementCode, elementTypeName } from "./graph/element-types.js";
export type { FloatTypeName } from "./graph/float-bytes.js";
export type { MessageName } from "./graph/messages.js";
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  Int64,
  Message,
  ModelProto,
  ModelWithGraph,
  NodeProto,
  Numbers,
  NumbersPart,
  SparseTensorProto,
  TensorProto,
  TensorShapeProto,
  TypeProto,
  UnknownField,
  ValueInfoProto,
} from "./graph/records.js";
export {
  type Dim,
  type HolderInfo,
  type MapInfo,
  type OpaqueInfo,
  type Shape,
  showType,
  type TensorInfo,
  type TypeInfo,
} from "./infer/type-info.js";
export type { Place } from "./place.js";
export type { Provider } from "./providers/provider.js";
export { floatsOf } from "./read/floats-of.js";
export { type ReadExternal, tensorBytes } from "./tensor-bytes.js";
