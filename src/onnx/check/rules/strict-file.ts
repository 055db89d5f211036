import { strictError, strictWarning } from "../rule.js";

export const STRICT_FILE_RULES = {
  "onnx/strict-trailing-bytes": strictError(
    "Nothing follows the model in its file.",
    "C++ programs stop at a zero byte and ignore the rest; Python refuses the file. The rest could hide anything.",
    "remove what follows the model, or save it again",
  ),
  "onnx/strict-utf8": strictError(
    "Names and other text are valid UTF-8.",
    "Programs in other languages refuse the file or mix up the names (CVE-2026-48712).",
    "rename what is not UTF-8",
  ),
  "onnx/strict-wire-type": strictWarning(
    "Fields are encoded as onnx.proto says.",
    "Protobuf parsers ignore a field of another wire type, as if it did not exist.",
    "export again",
  ),
  "onnx/strict-unknown-field": strictWarning(
    "The model has only fields that ONNX 1.23.1 has.",
    "Programs ignore other fields, so their meaning is lost, which may change the result.",
    "check with a newer smxc, or remove the field",
  ),
} as const;
