import { official } from "../rule.js";

const WRITER = "export the model again; the exporter wrote an invalid value";

export const STORED_VALUE_RULES = {
  "onnx/sequence-elem-type": official(
    "A sequence says what it holds: tensors, sparse tensors, sequences or maps.",
    "The kind says in which field the elements are.",
    WRITER,
  ),
  "onnx/optional-elem-type": official(
    "An optional says what it holds: nothing, a tensor, a sparse tensor, a sequence or a map.",
    "The kind says in which field the element is.",
    WRITER,
  ),
  "onnx/map-key-type": official(
    "The keys of a map are integers or strings.",
    "Keys of other types cannot be compared exactly.",
    WRITER,
  ),
  "onnx/map-keys": official(
    "A map holds its keys in one field.",
    "Programs would not know which keys belong to the values.",
    WRITER,
  ),
  "onnx/map-values": official(
    "A map has values, one for each key.",
    "A key without a value, or a value without a key, is not an entry.",
    WRITER,
  ),
} as const;
