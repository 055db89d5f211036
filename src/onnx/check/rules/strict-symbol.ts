import { strictWarning } from "../rule.js";

export const STRICT_SYMBOL_RULES = {
  "onnx/strict-symbol": strictWarning(
    "A dimension that is declared by a symbol of the inputs is of that symbol's size.",
    "A symbol stands for one size wherever it is written. ONNX Runtime warns in every run that the shape is not the declared one, and readers that plan by declared shapes plan wrongly. Exporters that are given one name for the height of input and output write such files.",
    "declare the dimension by another symbol, or by none",
  ),
} as const;
