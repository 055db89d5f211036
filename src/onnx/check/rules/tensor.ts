import { official } from "../rule.js";

const EXPORTER = "the exporter wrote a broken tensor; export again";

export const TENSOR_RULES = {
  "onnx/tensor-type": official(
    "A tensor has a data_type other than UNDEFINED.",
    "Without it the bytes of the tensor mean nothing.",
    EXPORTER,
  ),
  "onnx/tensor-type-known": official(
    "The data_type of a tensor that holds its values in a typed field is one of ONNX 1.23.1.",
    "Which field is the right one follows from the type.",
    EXPORTER,
  ),
  "onnx/tensor-dims-negative": official(
    "The dimensions of a tensor are not negative.",
    "A tensor cannot have fewer than no elements.",
    EXPORTER,
  ),
  "onnx/tensor-dims-overflow": official(
    "The number of a tensor's elements, and their size, fit into 64 bits.",
    "Readers that multiply without care allocate too little and write past it.",
    EXPORTER,
  ),
  "onnx/tensor-empty-data": official(
    "A tensor without elements holds no data.",
    "Dimensions and data contradict each other.",
    EXPORTER,
  ),
  "onnx/tensor-value-fields": official(
    "A tensor with elements holds its values in exactly one field.",
    "With none the values are missing, with several readers disagree.",
    EXPORTER,
  ),
  "onnx/tensor-string-raw": official(
    "Strings are held in string_data, not in raw_data.",
    "raw_data has no way to tell where a string ends.",
    EXPORTER,
  ),
  "onnx/tensor-raw-short": official(
    "raw_data has all the bytes that type and dimensions ask for.",
    "Readers would read past the end of the data.",
    EXPORTER,
  ),
  "onnx/tensor-field": official(
    "A tensor holds its values in the field that its data_type prescribes.",
    "Readers look for them there only.",
    EXPORTER,
  ),
  "onnx/tensor-field-short": official(
    "The typed field of a tensor has as many values as type and dimensions ask for.",
    "Readers would read past the end of the data.",
    EXPORTER,
  ),
  "onnx/tensor-float6-padding": official(
    "The bits after the last element of packed 6-bit floats are zero.",
    "onnx.proto reserves them.",
    EXPORTER,
  ),
  "onnx/tensor-float6-range": official(
    "Values of 6-bit floats in int32_data use only the low 6 bits.",
    "onnx.proto reserves the others.",
    EXPORTER,
  ),
} as const;
