import { full, notChecked, strictWarning } from "../rule.js";

const LOOK = "look where the wrong shape or type comes from; --full tells the first node it is seen at";

export const FULL_RULES = {
  "onnx/full-operator": full(
    "The shapes and attributes of a node are such that its operator can work on them.",
    "The node would fail when the model runs.",
    LOOK,
  ),
  "onnx/full-signature": full(
    "The types of a node's inputs and outputs are ones that its operator takes.",
    "Runtimes have no kernel for others.",
    "cast the input, or import the opset version that takes the type",
  ),
  "onnx/full-type": full(
    "A value has the type that is declared for it.",
    "Runtimes allocate by declared types, and refuse or crash when the value differs.",
    "correct the declaration, or remove it from value_info",
  ),
  "onnx/full-rank": full(
    "A value has as many dimensions as are declared for it.",
    "Runtimes allocate by declared shapes, and refuse or crash when the value differs.",
    "correct the declaration, or remove it from value_info",
  ),
  "onnx/full-dimension": full(
    "A value has the dimensions that are declared for it.",
    "Runtimes allocate by declared shapes, and refuse or crash when the value differs.",
    "correct the declaration, or declare the dimension by a symbol",
  ),
  "onnx/full-not-inferred": notChecked(
    "smxc infers the types and shapes of every operator in the model.",
    "Of other operators only the types of their inputs are checked; what follows from their outputs is not judged.",
    "check with onnx.checker.check_model(full_check=True)",
  ),
  "onnx/full-not-followed": notChecked(
    "Calls of functions are followed, as deep and as many as are told here.",
    "A small file can call functions inside functions without end, or so often that no time is enough. Followed are calls at most 100 deep, no more than 200 graphs and functions inside each other, and no function inside itself; in all functions together, each time they are called, 250,000 nodes, names and numbers. What follows from other calls is not judged.",
    "inline some of the functions",
  ),
  "onnx/strict-shapes": strictWarning(
    "Shapes stay free of contradictions when sizes are followed through Shape, Gather, Concat and arithmetic.",
    "The official checker does not follow them; the model fails when it runs.",
    LOOK,
  ),
} as const;
