import { official } from "../rule.js";

const SINGLE_ASSIGNMENT = "Static single assignment lets a reader say which node made a value.";

export const GRAPH_RULES = {
  "onnx/graph-name": official(
    "Every graph has a name.",
    "The format requires it, for messages and tools.",
    "name the graph",
  ),
  "onnx/graph-input-unique": official("The inputs of a graph have different names.", SINGLE_ASSIGNMENT, "rename one"),
  "onnx/initializer-name": official(
    "Every initializer has a name.",
    "Nodes refer to it by name.",
    "name the initializer",
  ),
  "onnx/initializer-unique": official(
    "The initializers of a graph, sparse ones included, have different names.",
    "Programs keep only one of the two, and not all keep the same one.",
    "rename or remove one",
  ),
  "onnx/initializer-input": official(
    "Up to ir_version 3 every initializer is also an input of its graph.",
    "In these versions, an initializer is the default value of an input.",
    "add the input, or set ir_version to at least 4",
  ),
  "onnx/graph-topological": official(
    "Each node comes after the nodes whose outputs it uses.",
    "Runtimes read the nodes in order. A name that is defined nowhere is an error in any order.",
    "sort the nodes, or define the value",
  ),
  "onnx/graph-ssa": official(
    "Each name belongs to only one value, in a graph and in the graphs around it.",
    SINGLE_ASSIGNMENT,
    "rename one of the outputs",
  ),
  "onnx/graph-output": official(
    "Every output of a graph is an input, an initializer or a node's output of that graph.",
    "A runtime cannot return what nothing computes.",
    "name a value that exists",
  ),
} as const;
