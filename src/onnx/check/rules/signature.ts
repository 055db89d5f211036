import { official } from "../rule.js";

const SIGNATURE = "The operator's signature, in the version that the opset import puts in force, demands it.";

export const SIGNATURE_RULES = {
  "onnx/signature-input-count": official(
    "A node has as many inputs as its operator takes.",
    SIGNATURE,
    "compare with the operator's page for this opset version",
  ),
  "onnx/signature-output-count": official(
    "A node has as many outputs as its operator gives.",
    SIGNATURE,
    "compare with the operator's page for this opset version",
  ),
  "onnx/signature-input-empty": official(
    "An input that the operator needs is not left out.",
    "Only optional inputs may have an empty name.",
    "connect the input",
  ),
  "onnx/signature-output-empty": official(
    "An output that the operator always gives is not left out.",
    "Only optional outputs may have an empty name.",
    "name the output",
  ),
  "onnx/signature-attribute-known": official(
    "A node has only attributes that its operator knows, or such that begin with two underscores.",
    SIGNATURE,
    "remove the attribute, or import the opset version that has it",
  ),
  "onnx/signature-attribute-type": official(
    "An attribute has the type that its operator demands.",
    SIGNATURE,
    "set type and value accordingly",
  ),
  "onnx/signature-attribute-value": official(
    "An attribute of type tensor, sparse tensor, graph or type has a value.",
    "These have no default that a reader could put in.",
    "set the value",
  ),
  "onnx/signature-attribute-required": official(
    "A node has the attributes that its operator requires.",
    SIGNATURE,
    "add the attribute",
  ),
} as const;
