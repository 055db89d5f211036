import { official } from "../rule.js";

const WRITER = "the program that wrote the value is at fault; write it again";

export const STORED_VALUE_RULES = {
  "onnx/sequence-elem-type": official(
    "A sequence says what it holds: tensors, sparse tensors, sequences or maps.",
    "Readers look for the elements in the field that goes with it.",
    WRITER,
  ),
  "onnx/optional-elem-type": official(
    "An optional says what it holds: nothing, a tensor, a sparse tensor, a sequence or a map.",
    "Readers look for the element in the field that goes with it.",
    WRITER,
  ),
  "onnx/map-key-type": official(
    "The keys of a map are integers or strings.",
    "Other keys have no exact equality.",
    WRITER,
  ),
  "onnx/map-keys": official(
    "A map holds its keys in one field.",
    "Readers would not know which keys go with the values.",
    WRITER,
  ),
  "onnx/map-values": official(
    "A map has values, one for each key.",
    "A key without value, or the reverse, is no entry.",
    WRITER,
  ),
} as const;
