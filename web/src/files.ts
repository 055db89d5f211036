/** What files are that are dropped, pasted or picked. */
import type { Diagnostic } from "../../src/diagnostics.js";
import { formatOfBytes, formatOfName } from "../../src/runtime/image-format.js";
import type { ImportSettings, ModelFiles, NamedBlob } from "./engine/protocol.js";
import { tooManyFiles } from "./errors.js";

export type Given =
  | { readonly kind: "picture"; readonly file: File }
  | { readonly kind: "model"; readonly files: ModelFiles }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic };

/** Pictures and documents are known by type and name, all else is a checkpoint unless it begins as a picture does. */
export async function whatAre(files: readonly File[], settings: ImportSettings): Promise<Given> {
  const [first, second, ...rest] = files;
  if (first === undefined || rest.length > 0) return { kind: "refused", diagnostic: tooManyFiles() };
  if (second !== undefined) {
    const [document, weights] = isDocument(first) ? [first, second] : [second, first];
    if (!isDocument(document) || isDocument(weights)) return { kind: "refused", diagnostic: tooManyFiles() };
    return { kind: "model", files: { kind: "document", file: named(document), weights: named(weights) } };
  }
  if (isDocument(first)) return { kind: "model", files: { kind: "document", file: named(first) } };
  if (first.name.toLowerCase().endsWith(".onnx"))
    return { kind: "model", files: { kind: "graph", file: named(first) } };
  if (await isPicture(first)) return { kind: "picture", file: first };
  return { kind: "model", files: { kind: "checkpoint", file: named(first), settings } };
}

async function isPicture(file: File): Promise<boolean> {
  if (file.type.startsWith("image/") || formatOfName(file.name) !== undefined) return true;
  return formatOfBytes(new Uint8Array(await file.slice(0, 16).arrayBuffer())) !== undefined;
}

function isDocument({ name }: File): boolean {
  return name.toLowerCase().endsWith(".json");
}

function named(file: File): NamedBlob {
  return { name: file.name, blob: file };
}
