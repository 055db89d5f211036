/**
 * The fields of ONNX that a comparison leaves out: no runtime computes by them. Every other field of every message is
 * compared (docs/reference/inspect.md says how), and a property test changes each of them in turn.
 */
import type { MESSAGES, MessageName } from "../graph/messages.js";

type FieldName<N extends MessageName> = (typeof MESSAGES)[N][number]["name"];

export const NOT_COMPARED: { readonly [N in MessageName]?: readonly FieldName<N>[] } = {
  ModelProto: ["producer_name", "producer_version", "domain", "model_version", "doc_string"],
  GraphProto: ["name", "doc_string", "metadata_props"],
  NodeProto: ["name", "doc_string", "metadata_props"],
  AttributeProto: ["doc_string"],
  TensorProto: ["doc_string", "metadata_props"],
  ValueInfoProto: ["doc_string", "metadata_props"],
  FunctionProto: ["doc_string", "metadata_props"],
};
