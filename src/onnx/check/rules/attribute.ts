import { official } from "../rule.js";

export const ATTRIBUTE_RULES = {
  "onnx/attribute-name": official(
    "Every attribute has a name.",
    "Operators find attributes by name.",
    "name the attribute",
  ),
  "onnx/attribute-unique": official(
    "A node has each attribute once.",
    "Programs use only one of the two, and not all use the same one.",
    "remove the duplicate",
  ),
  "onnx/attribute-type": official(
    "From ir_version 2 on an attribute says its type.",
    "The type says which field holds the value, even if the value is the default.",
    "set the attribute's type",
  ),
  "onnx/attribute-type-match": official(
    "An attribute's value is in the field that its type names.",
    "Programs read the value only from that field.",
    "make type and value agree",
  ),
  "onnx/attribute-one-value": official(
    "An attribute has at most one value.",
    "Programs use only one of them, and not all use the same one.",
    "remove the others",
  ),
  "onnx/attribute-reference": official(
    "An attribute that refers to an attribute of the function around it has no value of its own.",
    "The function's caller supplies the value.",
    "remove the value or ref_attr_name",
  ),
} as const;
