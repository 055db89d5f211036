/** What an importer is made of. One file per architecture defines one; `index.ts` is the table. */
import type { Diagnostic } from "../../base/diagnostics.js";
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Config } from "./config.js";
import type { TensorReader } from "./tensor-reader.js";

/** What an importer makes of a checkpoint: the document without its weights entry, and the tensors that it names. */
export interface ImportedModel {
  readonly document: Omit<ModelDocument, "weights" | "source" | "version">;
  readonly tensors: readonly NamedTensor[];
  readonly warnings: readonly Diagnostic[];
}

export interface Importer {
  /** The value of `--arch`. */
  readonly name: string;
  readonly description: string;
  readonly covers: "network" | "layer";
  /** Found in the name of one of its tensors at least; what stands before it, up to a dot, may be the prefix of them all. */
  readonly landmark: RegExp;
  /** Whether tensor names and shapes look like this architecture. */
  matches(tensors: TensorReader): boolean;
  /** The keys of the configuration, with what they mean; the others are ignored with a warning. */
  readonly keys: Readonly<Record<string, string>>;
  /** Reads the checkpoint. Problems are reported to the reader and the configuration, which collect them. */
  read(tensors: TensorReader, config: Config): ImportedModel;
}
