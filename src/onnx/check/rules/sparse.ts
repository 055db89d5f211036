import { official } from "../rule.js";

const EXPORTER = "the exporter wrote a broken sparse tensor; export again";

const COORDINATES = "A sparse tensor is a list of values and one of their places, in the format of onnx.proto.";

export const SPARSE_RULES = {
  "onnx/sparse-values": official("A sparse tensor has values.", COORDINATES, EXPORTER),
  "onnx/sparse-values-rank": official("The values of a sparse tensor are a list, of rank 1.", COORDINATES, EXPORTER),
  "onnx/sparse-rank": official("A sparse tensor has dimensions.", "A scalar cannot be sparse.", EXPORTER),
  "onnx/sparse-dims": official("The dimensions of a sparse tensor are positive.", "Nothing could be in it.", EXPORTER),
  "onnx/sparse-indices": official("A sparse tensor with values has indices.", COORDINATES, EXPORTER),
  "onnx/sparse-indices-type": official("The indices of a sparse tensor are INT64.", COORDINATES, EXPORTER),
  "onnx/sparse-indices-rank": official(
    "The indices of a sparse tensor have rank 1 (linear) or 2 (coordinates).",
    COORDINATES,
    EXPORTER,
  ),
  "onnx/sparse-indices-count": official(
    "A sparse tensor has as many indices as values, each with as many coordinates as the tensor has dimensions.",
    COORDINATES,
    EXPORTER,
  ),
  "onnx/sparse-indices-data": official(
    "The indices of a sparse tensor are inside the model, exactly as many as their dimensions say.",
    "The official checker reads them, and reads no data file.",
    EXPORTER,
  ),
  "onnx/sparse-indices-range": official(
    "The indices of a sparse tensor lie inside its dimensions.",
    "A reader would write past the dense tensor.",
    EXPORTER,
  ),
  "onnx/sparse-indices-sorted": official(
    "The indices of a sparse tensor ascend and do not repeat.",
    "The format demands it, so that a place has one value.",
    EXPORTER,
  ),
} as const;
