import { official } from "../rule.js";

const SINGLE_ASSIGNMENT = "Static single assignment lets a reader say which node made a value.";

export const FUNCTION_RULES = {
  "onnx/function-name": official(
    "Every function of a model has a name.",
    "Nodes call it by name.",
    "name the function",
  ),
  "onnx/function-domain": official(
    "From ir_version 8 on a function has a domain.",
    "Nodes call it by domain and name.",
    "set the domain",
  ),
  "onnx/function-input-unique": official(
    "The inputs of a function have different names.",
    SINGLE_ASSIGNMENT,
    "rename one",
  ),
  "onnx/function-output-unique": official(
    "The outputs of a function have different names.",
    SINGLE_ASSIGNMENT,
    "rename one",
  ),
  "onnx/function-attribute-unique": official(
    "The attributes of a function have different names.",
    "A caller could not say which one it sets.",
    "rename one",
  ),
  "onnx/function-topological": official(
    "Each node of a function comes after the nodes whose outputs it uses, and uses no values from outside the function.",
    "A function is self-contained, and runtimes read its nodes in order.",
    "sort the nodes, or pass the value as an input",
  ),
  "onnx/function-ssa": official("Each name in a function belongs to only one value.", SINGLE_ASSIGNMENT, "rename one"),
  "onnx/function-opset": official(
    "A function imports the domains of its nodes.",
    "A function does not inherit the domains of the model.",
    "add an opset_import to the function",
  ),
  "onnx/function-opset-compatible": official(
    "An operator in a function means the same in the opset version of the function and in that of the model.",
    "A runtime that inlines the function would run the model's version of the operator.",
    "import the same versions in model and function",
  ),
} as const;
