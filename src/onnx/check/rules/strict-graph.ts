import { strictError, strictWarning } from "../rule.js";

export const STRICT_GRAPH_RULES = {
  "onnx/strict-graph-outputs": strictError(
    "The main graph has an output.",
    "A model without outputs computes nothing; ONNX Runtime refuses to run it.",
    "add an output",
  ),
  "onnx/strict-output-unique": strictError(
    "The outputs of a graph have different names.",
    "A caller that asks for an output by name cannot say which one it means.",
    "remove the duplicate, or pass it through an Identity",
  ),
  "onnx/strict-node-name-unique": strictError(
    "No two nodes of a graph or function have the same name.",
    "ONNX Runtime cannot open such a model, and profilers and quantizers find nodes by name.",
    "rename one of the nodes",
  ),
  "onnx/strict-value-info-unique": strictWarning(
    "A graph has at most one value_info for each value.",
    "Programs use only one of the two types, and not all use the same one.",
    "remove the duplicate value_info",
  ),
  "onnx/strict-value-info-known": strictWarning(
    "Each value_info describes a value of the graph.",
    "Otherwise it is left over, or the name of the value is wrong.",
    "remove the value_info, or correct its name",
  ),
  "onnx/strict-elem-type": strictError(
    "Declared element types exist in ONNX 1.23.1.",
    "ONNX Runtime refuses other types.",
    "declare an element type that exists",
  ),
  "onnx/strict-dimension": strictError(
    "Declared dimensions are not negative.",
    "Some exporters write -1 for a dynamic dimension; ONNX uses dim_param for that.",
    "name the dimension by dim_param",
  ),
  "onnx/strict-shadowing": strictWarning(
    "Inputs and initializers of a sub-graph have other names than the values of the graphs around it.",
    "The format forbids using a name twice; runtimes differ in which value they use.",
    "rename the inner value",
  ),
} as const;
