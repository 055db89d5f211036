import { official } from "../rule.js";

const EXPORTER = "export the model again; the exporter wrote an invalid sparse tensor";

const COORDINATES = "In onnx.proto, a sparse tensor is a list of values and a list of their positions.";

export const SPARSE_RULES = {
  "onnx/sparse-values": official("A sparse tensor has values.", COORDINATES, EXPORTER),
  "onnx/sparse-values-rank": official(
    "The values of a sparse tensor are a list: they have rank 1.",
    COORDINATES,
    EXPORTER,
  ),
  "onnx/sparse-rank": official("A sparse tensor has dimensions.", "A scalar cannot be sparse.", EXPORTER),
  "onnx/sparse-dims": official(
    "The dimensions of a sparse tensor are positive.",
    "A tensor with an empty dimension holds nothing.",
    EXPORTER,
  ),
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
    "The indices of a sparse tensor are stored in the model, exactly as many as their dimensions say.",
    "The official checker reads the indices, but no external data.",
    EXPORTER,
  ),
  "onnx/sparse-indices-range": official(
    "The indices of a sparse tensor lie inside its dimensions.",
    "A program would write past the end of the dense tensor.",
    EXPORTER,
  ),
  "onnx/sparse-indices-sorted": official(
    "The indices of a sparse tensor are in ascending order, without repeats.",
    "The format requires it, so that each position has only one value.",
    EXPORTER,
  ),
} as const;
