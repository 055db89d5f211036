import { full, notChecked, strictWarning } from "../rule.js";

const LOOK = "find where the wrong shape or type comes from; --full names the first node at which it shows";

export const FULL_RULES = {
  "onnx/full-operator": full(
    "The operator of a node accepts the node's shapes and attributes.",
    "The node would fail when the model runs.",
    LOOK,
  ),
  "onnx/full-signature": full(
    "The operator of a node accepts the types of the node's inputs and outputs.",
    "Runtimes have no kernel for other types.",
    "cast the input, or import an opset version that accepts the type",
  ),
  "onnx/full-type": full(
    "A value has the type that the model declares for it.",
    "Runtimes allocate memory by declared types, and refuse or crash if the value differs.",
    "correct the declaration, or remove it from value_info",
  ),
  "onnx/full-rank": full(
    "A value has as many dimensions as the model declares for it.",
    "Runtimes allocate memory by declared shapes, and refuse or crash if the value differs.",
    "correct the declaration, or remove it from value_info",
  ),
  "onnx/full-dimension": full(
    "A value has the dimensions that the model declares for it.",
    "Runtimes allocate memory by declared shapes, and refuse or crash if the value differs.",
    "correct the declaration, or declare the dimension by a symbol",
  ),
  "onnx/full-not-inferred": notChecked(
    "smxc can infer types and shapes for every operator in the model.",
    "Of other operators, only the input types are checked; everything that depends on their outputs is not.",
    "check with onnx.checker.check_model(full_check=True)",
  ),
  "onnx/full-not-followed": notChecked(
    "smxc can follow every call of a function, within the limits below.",
    "A small file can nest calls without end, or make so many calls that a check would never finish. smxc follows calls up to 100 deep, at most 200 graphs and functions inside each other, and no function inside itself. Over all calls it reads at most 250,000 nodes, names and numbers. Everything that depends on other calls is not checked.",
    "inline some of the functions",
  ),
  "onnx/strict-shapes": strictWarning(
    "Shapes are still consistent when sizes are followed through Shape, Gather, Concat and arithmetic.",
    "The official checker does not follow such sizes; the model fails when it runs.",
    LOOK,
  ),
} as const;
