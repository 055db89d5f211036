import { strictWarning } from "../rule.js";

export const STRICT_SYMBOL_RULES = {
  "onnx/strict-symbol": strictWarning(
    "A dimension that is declared with a symbol of the inputs has the size of that symbol.",
    "A symbol means the same size wherever it is written. ONNX Runtime warns in every run that the shape is not the declared one, and programs that plan memory by declared shapes make wrong plans. Such files come from exports that use one name for the height of both the input and the output.",
    "use another symbol for the dimension, or none",
  ),
} as const;
