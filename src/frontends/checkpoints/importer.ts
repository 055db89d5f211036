/** What an importer is made of. One file per architecture defines one; `index.ts` is the table. */
import type { Diagnostic } from "../../base/diagnostics.js";
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Config } from "./config.js";
import type { Signature } from "./signature.js";
import type { TensorReader } from "./tensor-reader.js";

/** What an importer makes of a checkpoint: the document without its weights entry, and the tensors that it names. */
export interface ImportedModel {
  readonly document: Omit<ModelDocument, "weights" | "source" | "version">;
  readonly tensors: readonly NamedTensor[];
  readonly warnings: readonly Diagnostic[];
}

/** Recognised by names, as data. */
export interface BySignatures {
  /** The namings that the architecture has; one of them is enough. */
  readonly signatures: readonly Signature[];
  /** What shapes must show besides, where names alone do not tell the architecture from others. */
  readonly shapesFit?: (tensors: TensorReader) => boolean;
}

/** Recognised by rules of its own, as single layers are, whose few names say little. */
export interface ByRules {
  /** Found in the name of one of its tensors at least; what stands before it, up to a dot, may be the prefix of them all. */
  readonly landmark: RegExp;
  /** Whether tensor names and shapes look like this architecture. */
  matches(tensors: TensorReader): boolean;
}

export type Importer = ImporterParts & (BySignatures | ByRules);

interface ImporterParts {
  /** The value of `--arch`. */
  readonly name: string;
  readonly description: string;
  readonly covers: "network" | "layer";
  /** Why tensors that match may be another architecture's all the same, so that only `--arch` settles it. */
  readonly doubt?: (tensors: TensorReader) => Diagnostic | undefined;
  /** The keys of the configuration, with what they mean; the others are ignored with a warning. */
  readonly keys: Readonly<Record<string, string>>;
  /** Reads the checkpoint. Problems are reported to the reader and the configuration, which collect them. */
  read(tensors: TensorReader, config: Config): ImportedModel;
}
