import { strictError, strictWarning } from "../rule.js";

export const STRICT_GRAPH_RULES = {
  "onnx/strict-graph-outputs": strictError(
    "The main graph has an output.",
    "A model without outputs computes nothing; ONNX Runtime refuses to run it.",
    "add an output",
  ),
  "onnx/strict-output-unique": strictError(
    "The outputs of a graph have different names.",
    "A caller that fetches by name cannot say which one it means.",
    "remove the duplicate, or pass it through an Identity",
  ),
  "onnx/strict-node-name-unique": strictError(
    "Nodes of a graph or function that have names have different ones.",
    "ONNX Runtime opens no session for such a graph, nor for a function that is called; profiles and quantizers find nodes by name.",
    "rename one of the nodes",
  ),
  "onnx/strict-value-info-unique": strictWarning(
    "A graph describes each value once.",
    "Readers take one of the two types, and not the same one.",
    "remove the duplicate value_info",
  ),
  "onnx/strict-value-info-known": strictWarning(
    "value_info describes values that the graph has.",
    "It is a leftover, or the name of the value is wrong.",
    "remove the value_info, or correct its name",
  ),
  "onnx/strict-elem-type": strictError(
    "Declared element types are ones that ONNX 1.23.1 has.",
    "ONNX Runtime refuses others.",
    "declare the element type",
  ),
  "onnx/strict-dimension": strictError(
    "Declared dimensions are not negative.",
    "Exporters write -1 for a dimension that varies; ONNX has dim_param for that.",
    "name the dimension by dim_param",
  ),
  "onnx/strict-shadowing": strictWarning(
    "Inputs and initializers of a sub-graph have other names than the values around it.",
    "The format forbids to give a name twice; runtimes differ in which value they take.",
    "rename the inner value",
  ),
} as const;
