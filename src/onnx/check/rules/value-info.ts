import { official } from "../rule.js";

export const VALUE_RULES = {
  "onnx/value-name": official(
    "Every input and output of a graph has a name.",
    "Without a name, a value cannot be set, read or referred to.",
    "name the value",
  ),
  "onnx/value-type": official(
    "Every input and output of the main graph declares its type: tensor, sparse tensor, sequence, map, optional or opaque.",
    "Runtimes allocate memory and check inputs by their declared types.",
    "declare the type",
  ),
  "onnx/value-elem-type": official(
    "The type of an input or output of the main graph says what its elements are.",
    "A tensor, sequence or optional without an element type is not a complete type.",
    "set elem_type",
  ),
  "onnx/value-shape": official(
    "An input or output tensor of the main graph has a shape; its dimensions may be symbols.",
    "The official checker requires a shape, even if its dimensions are not known.",
    "add a shape, with dim_param for dynamic dimensions",
  ),
  "onnx/value-key-type": official(
    "An input or output map of the main graph has a key type.",
    "A map without a key type is not a complete type.",
    "set key_type",
  ),
  "onnx/value-value-type": official(
    "An input or output map of the main graph has a value type.",
    "A map without a value type is not a complete type.",
    "set value_type",
  ),
  "onnx/value-opaque-name": official(
    "An opaque type has a name.",
    "An opaque type is identified only by its name.",
    "name the opaque type",
  ),
} as const;
