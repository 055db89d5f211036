import { strictError, strictWarning } from "../rule.js";

export const STRICT_FILE_RULES = {
  "onnx/strict-trailing-bytes": strictError(
    "Nothing follows the model in its file.",
    "C++ readers stop at a zero byte and ignore the rest, Python refuses the file; the rest may hide anything.",
    "remove what follows the model, or save it again",
  ),
  "onnx/strict-utf8": strictError(
    "Names and texts are UTF-8.",
    "Readers in other languages refuse the file or confuse the names (CVE-2026-48712).",
    "rename what is not UTF-8",
  ),
  "onnx/strict-wire-type": strictWarning(
    "Fields are encoded as onnx.proto says.",
    "Protobuf's parsers ignore a field of another wire type, as if it were absent.",
    "export again",
  ),
  "onnx/strict-unknown-field": strictWarning(
    "The model has only fields that ONNX 1.23.1 has.",
    "Readers ignore others; what they mean is lost, and may matter.",
    "check with a newer smxc, or remove the field",
  ),
} as const;
