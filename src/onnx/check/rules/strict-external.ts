import { strictError, strictWarning } from "../rule.js";

export const STRICT_EXTERNAL_RULES = {
  "onnx/strict-external-range": strictError(
    "Offset and length of external data are decimal numbers, lie inside the file, and fit the type and dimensions.",
    "Programs that trust them read past the end of the file or allocate without limit (CVE-2026-34445).",
    "save model and data again, together",
  ),
  "onnx/strict-external-key": strictWarning(
    "Entries of external_data have keys that ONNX defines.",
    "Programs that set attributes by key were attacked through other keys (CVE-2026-34445).",
    "remove the entry",
  ),
  "onnx/strict-external-key-unique": strictError(
    "Every key of external_data occurs once.",
    "Programs use only one of the values, and not all use the same one.",
    "remove the duplicate",
  ),
  "onnx/strict-external-nul": strictError(
    "The location of external data contains no NUL character.",
    "Operating systems cut the name at the NUL, so another file is opened than the one that was checked.",
    "correct the location",
  ),
  "onnx/strict-external-address": strictError(
    "The location of external data is not ONNX Runtime's marker of a memory address.",
    "ONNX Runtime used offset and length from the file as a memory address (onnxruntime#28709).",
    "correct the location",
  ),
  "onnx/strict-external-sparse": strictError(
    "Sparse tensors hold their values and indices themselves.",
    "External data in sparse tensors bypassed the checks of ONNX Runtime.",
    "store the sparse tensor inside the model",
  ),
} as const;
