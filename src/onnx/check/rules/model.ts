import { official } from "../rule.js";

export const MODEL_RULES = {
  "onnx/unknown-format": official(
    "The file is an ONNX model, and not a file of another kind.",
    "A pointer of Git LFS, a web page that was saved in place of a download, or a checkpoint is easily taken for one.",
    "name the .onnx file that a compile or an export wrote",
  ),
  "onnx/model-size": official(
    "A model file is smaller than 2 GiB.",
    "Protobuf's parsers refuse longer messages, and with them every runtime.",
    "move the weights to external data",
  ),
  "onnx/model-ir-version": official(
    "A model says which version of the ONNX format it is written in.",
    "Readers decide by ir_version what a field means.",
    "set ir_version; 8 suits opsets up to 18, 10 up to 22",
  ),
  "onnx/model-ir-version-known": official(
    "The ir_version is one that ONNX 1.23.1 knows, at most 14.",
    "A newer format may mean something else by the same fields.",
    "export for an older format, or check with a newer smxc",
  ),
  "onnx/model-metadata-unique": official(
    "The keys of metadata_props are unique.",
    "Readers keep one of the values, and not the same one.",
    "remove the duplicate",
  ),
  "onnx/model-opset-import": official(
    "From ir_version 3 on a model imports at least one opset.",
    "Without one no operator has a meaning.",
    "add opset_import with the version the operators were written for",
  ),
  "onnx/model-opset-forbidden": official(
    "Before ir_version 3 a model does not import opsets.",
    "The format had no opset_import; such a file contradicts itself.",
    "set ir_version to at least 3",
  ),
  "onnx/model-opset-range": official(
    "The version of an imported opset fits into 32 bits.",
    "Readers hold the version in 32 bits.",
    "import a version that exists",
  ),
} as const;
