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

export type Given =
  | { readonly kind: "picture"; readonly file: File }
  | { readonly kind: "model"; readonly files: ModelFiles }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic };

/** Pictures, documents and graphs are known by their content, else by their name; all else is a checkpoint. */
export async function whatAre(files: readonly File[], settings: ImportSettings): Promise<Given> {
  const [first, second, ...rest] = files;
  if (first === undefined || rest.length > 0) return { kind: "refused", diagnostic: tooManyFiles() };
  if (second !== undefined) {
    const isFirst = await isDocument(first);
    if (isFirst === (await isDocument(second))) return { kind: "refused", diagnostic: tooManyFiles() };
    const [document, weights] = isFirst ? [first, second] : [second, first];
    return { kind: "model", files: { kind: "document", file: named(document), weights: named(weights) } };
  }
  if (await isDocument(first)) return { kind: "model", files: { kind: "document", file: named(first) } };
  const kind = whatIsThis(await sampleOf(blobSource(first.name, first)));
  if (kind?.family === "graph" || first.name.toLowerCase().endsWith(".onnx"))
    return { kind: "model", files: { kind: "graph", file: named(first) } };
  if (isPicture(first, kind)) return { kind: "picture", file: first };
  return { kind: "model", files: { kind: "checkpoint", file: named(first), settings } };
}

function isPicture(file: File, kind: FileKind | undefined): boolean {
  if (kind?.family === "picture" || kind?.family === "other-picture") return true;
  if (kind?.family === "checkpoint") return false;
  // What is called a picture and is none is refused as one, with what it is.
  return file.type.startsWith("image/") || isNamedPicture(file.name);
}

async function isDocument(file: File): Promise<boolean> {
  return mayBeDocument(await sampleOf(blobSource(file.name, file)));
}

function named(file: File): NamedBlob {
  return { name: file.name, blob: file };
}
