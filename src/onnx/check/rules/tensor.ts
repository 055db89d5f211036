import { official } from "../rule.js";

const EXPORTER = "export the model again; the exporter wrote an invalid tensor";

export const TENSOR_RULES = {
  "onnx/tensor-type": official(
    "A tensor has a data_type other than UNDEFINED.",
    "Without it the bytes of the tensor mean nothing.",
    EXPORTER,
  ),
  "onnx/tensor-type-known": official(
    "The data_type of a tensor with values in a typed field exists in ONNX 1.23.1.",
    "The type says which field is the right one.",
    EXPORTER,
  ),
  "onnx/tensor-dims-negative": official(
    "The dimensions of a tensor are not negative.",
    "A tensor cannot have a negative number of elements.",
    EXPORTER,
  ),
  "onnx/tensor-dims-overflow": official(
    "The number of a tensor's elements, and their size, fit into 64 bits.",
    "Programs that multiply without a check allocate too little memory and write past its end.",
    EXPORTER,
  ),
  "onnx/tensor-empty-data": official(
    "A tensor without elements holds no data.",
    "Otherwise dimensions and data contradict each other.",
    EXPORTER,
  ),
  "onnx/tensor-value-fields": official(
    "A tensor with elements holds its values in exactly one field.",
    "With no field the values are missing; with several, programs disagree on which one to use.",
    EXPORTER,
  ),
  "onnx/tensor-string-raw": official(
    "Strings are stored in string_data, not in raw_data.",
    "raw_data cannot show where a string ends.",
    EXPORTER,
  ),
  "onnx/tensor-raw-short": official(
    "raw_data has all the bytes that the type and dimensions need.",
    "Programs would read past the end of the data.",
    EXPORTER,
  ),
  "onnx/tensor-field": official(
    "A tensor holds its values in the field that belongs to its data_type.",
    "Programs read the values only from that field.",
    EXPORTER,
  ),
  "onnx/tensor-field-short": official(
    "The typed field of a tensor has as many values as the type and dimensions need.",
    "Programs would read past the end of the data.",
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
