import { official } from "../rule.js";

export const VALUE_RULES = {
  "onnx/value-name": official(
    "Every input and output of a graph has a name.",
    "A value without a name cannot be fed, fetched or referred to.",
    "name the value",
  ),
  "onnx/value-type": official(
    "Every input and output of the main graph declares its type: tensor, sparse tensor, sequence, map, optional or opaque.",
    "Runtimes allocate and check inputs by their declared types.",
    "declare the type",
  ),
  "onnx/value-elem-type": official(
    "The type of an input or output of the main graph says what its elements are.",
    "A tensor, sequence or optional without an element type is no type.",
    "set elem_type",
  ),
  "onnx/value-shape": official(
    "A tensor that enters or leaves the main graph has a shape; its dimensions may be symbols.",
    "The official checker demands a shape, be it of unknown dimensions.",
    "add a shape, with dim_param for dimensions that vary",
  ),
  "onnx/value-key-type": official(
    "A map that enters or leaves the main graph has a key type.",
    "A map without a key type is no type.",
    "set key_type",
  ),
  "onnx/value-value-type": official(
    "A map that enters or leaves the main graph has a value type.",
    "A map without a value type is no type.",
    "set value_type",
  ),
  "onnx/value-opaque-name": official(
    "An opaque type has a name.",
    "An opaque type is known by its name alone.",
    "name the opaque type",
  ),
} as const;
