/** What files are that are dropped, pasted or picked. */

import { blobSource } from "../../src/base/bytes/byte-source.js";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import type { FileKind } from "../../src/files/file-kinds.js";
import { isNamedPicture } from "../../src/files/image-format.js";
import { sampleOf } from "../../src/files/sample.js";
import { mayBeDocument } from "../../src/files/wanted.js";
import { whatIsThis } from "../../src/files/what-is-this.js";
import type { ImportSettings, ModelFiles, NamedBlob } from "./engine/protocol.js";
import { tooManyFiles } from "./errors.js";

/** What was given, sorted. */
export interface Given {
  readonly pictures: readonly File[];
  readonly models: readonly ModelFiles[];
  readonly refused: readonly Diagnostic[];
}

type Family = "document" | "graph" | "picture" | "checkpoint";

/** Pictures, documents and graphs are known by their content, else by their name; all else is a checkpoint. */
export async function whatAre(files: readonly File[], settings: ImportSettings): Promise<Given> {
  const families = await Promise.all(files.map(familyOf));
  const of = (family: Family): readonly File[] => files.filter((_, index) => families[index] === family);
  const [documents, others] = [of("document"), of("checkpoint")];
  const pictures = of("picture");
  const graphs = of("graph").map((file): ModelFiles => ({ kind: "graph", file: named(file) }));
  const [document] = documents;
  // Which weights are whose is not guessed.
  if (documents.length + others.length > 2 && documents.length > 0 && others.length > 0)
    return { pictures, models: graphs, refused: [tooManyFiles()] };
  const models = others.map(
    (file): ModelFiles =>
      document === undefined
        ? { kind: "checkpoint", file: named(file), settings }
        : { kind: "document", file: named(document), weights: named(file) },
  );
  const alone = others.length > 0 ? [] : documents.map((file): ModelFiles => ({ kind: "document", file: named(file) }));
  return { pictures, models: [...models, ...alone, ...graphs], refused: [] };
}

async function familyOf(file: File): Promise<Family> {
  const sample = await sampleOf(blobSource(file.name, file));
  if (mayBeDocument(sample)) return "document";
  const kind = whatIsThis(sample);
  if (kind?.family === "graph" || file.name.toLowerCase().endsWith(".onnx")) return "graph";
  return isPicture(file, kind) ? "picture" : "checkpoint";
}

function isPicture(file: File, kind: FileKind | undefined): boolean {
  if (kind?.family === "picture" || kind?.family === "other-picture") return true;
  if (kind?.family === "checkpoint") return false;
  // What is called a picture and is none is refused as one, with what it is.
  return file.type.startsWith("image/") || isNamedPicture(file.name);
}

function named(file: File): NamedBlob {
  return { name: file.name, blob: file };
}
