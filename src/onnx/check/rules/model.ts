import { official } from "../rule.js";

export const MODEL_RULES = {
  "onnx/unknown-format": official(
    "The file is an ONNX model.",
    "A Git LFS pointer, a web page saved by mistake, or a checkpoint is easily mistaken for a model.",
    "name the .onnx file that a compile or an export wrote",
  ),
  "onnx/model-size": official(
    "A model file is smaller than 2 GiB.",
    "Protobuf parsers refuse longer messages, and so does every runtime.",
    "move the weights to external data",
  ),
  "onnx/model-ir-version": official(
    "A model says in which version of the ONNX format it is written.",
    "The meaning of a field depends on ir_version.",
    "set ir_version: 8 for opsets up to 18, 10 for opsets up to 22",
  ),
  "onnx/model-ir-version-known": official(
    "The ir_version is at most 14, the newest of ONNX 1.23.1.",
    "In a newer format the same fields may have another meaning.",
    "export for an older format, or check with a newer smxc",
  ),
  "onnx/model-metadata-unique": official(
    "The keys of metadata_props are unique.",
    "Programs keep only one of the values, and not all keep the same one.",
    "remove the duplicate",
  ),
  "onnx/model-opset-import": official(
    "From ir_version 3 on a model imports at least one opset.",
    "Without an opset, no operator has a meaning.",
    "add opset_import with the version for which the operators were written",
  ),
  "onnx/model-opset-forbidden": official(
    "Before ir_version 3 a model does not import opsets.",
    "The format had no opset_import then, so such a file contradicts itself.",
    "set ir_version to at least 3",
  ),
  "onnx/model-opset-range": official(
    "The version of an imported opset fits into 32 bits.",
    "Programs store the version in 32 bits.",
    "import a version that exists",
  ),
} as const;
