import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { ImportedModel } from "./importer.js";

/** A document of one layer on a feature map x; the layer is called `y`. */
export function singleLayerDocument(parts: {
  readonly name: string;
  readonly channels: number;
  readonly layers: ModelDocument["layers"];
  readonly tensors: readonly NamedTensor[];
  /** Further inputs after x. */
  readonly inputs?: ModelDocument["inputs"];
}): ImportedModel {
  return {
    document: {
      name: parts.name,
      context: { kind: "whole" },
      inputs: [{ name: "x", dtype: "float32", shape: ["N", parts.channels, "H", "W"] }, ...(parts.inputs ?? [])],
      layers: parts.layers,
      outputs: ["y"],
    },
    tensors: parts.tensors,
    warnings: [],
  };
}
