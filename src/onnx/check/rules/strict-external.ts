import { strictError, strictWarning } from "../rule.js";

export const STRICT_EXTERNAL_RULES = {
  "onnx/strict-external-range": strictError(
    "Offset and length of external data are decimal numbers, lie inside the file, and fit type and dimensions.",
    "Readers that trust them read past the file or allocate without end (CVE-2026-34445).",
    "save model and data again, together",
  ),
  "onnx/strict-external-key": strictWarning(
    "Entries of external_data have keys that ONNX defines.",
    "Readers that set attributes by key were attacked through others (CVE-2026-34445).",
    "remove the entry",
  ),
  "onnx/strict-external-key-unique": strictError(
    "Every key of external_data occurs once.",
    "Readers take one of the values, and not the same one.",
    "remove the duplicate",
  ),
  "onnx/strict-external-nul": strictError(
    "The location of external data has no NUL in it.",
    "Operating systems end the name there; a check of the whole name says nothing about the file opened.",
    "correct the location",
  ),
  "onnx/strict-external-address": strictError(
    "The location of external data is not ONNX Runtime's marker of a memory address.",
    "ONNX Runtime took offset and length from the file as an address to read (onnxruntime#28709).",
    "correct the location",
  ),
  "onnx/strict-external-sparse": strictError(
    "Sparse tensors hold their values and indices themselves.",
    "ONNX Runtime's checks of external data were bypassed through them.",
    "store the sparse tensor inside the model",
  ),
} as const;
