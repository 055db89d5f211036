import { strictError, strictWarning } from "../rule.js";

export const STRICT_TENSOR_RULES = {
  "onnx/strict-data-long": strictError(
    "A tensor has as much data as type and dimensions ask for, in one of the ways in which data is stored.",
    "Either the dimensions are wrong or something is hidden; ONNX Runtime refuses longer raw_data. Elements of 4 bits lie two in an entry of int32_data, those of 2 bits four (onnx.proto); one, or as many as fill 32 bits, are known too.",
    "correct the dimensions, or export again",
  ),
  "onnx/strict-not-finite": strictWarning(
    "Weights are finite numbers.",
    "A NaN spreads to everything it meets; infinities mostly come from a training that failed.",
    "look at the tensor in the training framework",
  ),
  "onnx/strict-segment": strictError(
    "A tensor is not split into segments.",
    "No runtime joins them.",
    "store the tensor whole",
  ),
} as const;
