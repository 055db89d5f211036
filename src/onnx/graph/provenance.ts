import type { NodeProto } from "./records.js";

/** What is known of a node beside what ONNX has fields for. It travels with the record and is not written to files. */
export interface Provenance {
  /** The layer that the node belongs to. */
  readonly origin?: string;
  /** `float32`: computed so in a graph of half precision too. */
  readonly precision?: "float32";
}

/** A node that a lowering made; every other node is one that says nothing of itself. */
export interface EmittedNode extends NodeProto, Provenance {}
