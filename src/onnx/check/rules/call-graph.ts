import { official } from "../rule.js";

const ENDLESS = "Inlining them would never end, or use up the memory first (GHSA-7w46-vvrh-m8q5).";

export const CALL_RULES = {
  "onnx/function-unique": official(
    "Any two functions of a model differ in domain, name or overload.",
    "A call could mean either of them.",
    "rename or remove one",
  ),
  "onnx/function-count": official("A model has at most 10000 functions.", ENDLESS, "inline the functions"),
  "onnx/function-depth": official(
    "Functions call each other at most 100 deep.",
    ENDLESS,
    "inline some of the functions",
  ),
  "onnx/function-cycle": official(
    "No function calls itself, directly or through others or sub-graphs.",
    ENDLESS,
    "break the cycle",
  ),
} as const;
