import { official } from "../rule.js";

const SIGNATURE = "The operator's signature requires it, in the version that the opset import selects.";

export const SIGNATURE_RULES = {
  "onnx/signature-input-count": official(
    "The number of a node's inputs is one that its operator accepts.",
    SIGNATURE,
    "compare with the operator's page for this opset version",
  ),
  "onnx/signature-output-count": official(
    "The number of a node's outputs is one that its operator has.",
    SIGNATURE,
    "compare with the operator's page for this opset version",
  ),
  "onnx/signature-input-empty": official(
    "A node has every input that its operator requires.",
    "Only optional inputs may have an empty name.",
    "connect the input",
  ),
  "onnx/signature-output-empty": official(
    "A node has every output that its operator requires.",
    "Only optional outputs may have an empty name.",
    "name the output",
  ),
  "onnx/signature-attribute-known": official(
    "A node has only attributes that its operator defines, or whose names begin with two underscores.",
    SIGNATURE,
    "remove the attribute, or import the opset version that has it",
  ),
  "onnx/signature-attribute-type": official(
    "An attribute has the type that its operator requires.",
    SIGNATURE,
    "set the type and value that the operator requires",
  ),
  "onnx/signature-attribute-value": official(
    "An attribute of type tensor, sparse tensor, graph or type has a value.",
    "Attributes of these types have no default.",
    "set the value",
  ),
  "onnx/signature-attribute-required": official(
    "A node has the attributes that its operator requires.",
    SIGNATURE,
    "add the attribute",
  ),
} as const;
