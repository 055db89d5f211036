import { strictError, strictWarning } from "../rule.js";

export const STRICT_TENSOR_RULES = {
  "onnx/strict-data-long": strictError(
    "A tensor has exactly as much data as its type and dimensions need, in one of the forms in which data can be stored.",
    "Otherwise the dimensions are wrong, or something is hidden; ONNX Runtime refuses longer raw_data. An entry of int32_data holds two elements of 4 bits or four elements of 2 bits (onnx.proto); entries with one element, or as many as fill 32 bits, are accepted too.",
    "correct the dimensions, or export again",
  ),
  "onnx/strict-not-finite": strictWarning(
    "Weights are finite numbers.",
    "A NaN spreads to all values computed from it; infinities usually come from a training that failed.",
    "inspect the tensor in the training framework",
  ),
  "onnx/strict-segment": strictError(
    "A tensor is not split into segments.",
    "No runtime joins segments.",
    "store the tensor in one piece",
  ),
} as const;
