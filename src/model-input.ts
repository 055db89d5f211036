/** What the library takes as a model: from memory, or from anything that reads at offsets. */

import { type ByteSource, blobSource, bytesSource } from "./base/bytes/byte-source.js";
import type { Reporter } from "./base/diagnostics.js";
import type { ModelDocument } from "./frontends/document/document.js";
import { type DocumentModel, openModel } from "./open-model.js";

/** A file's content: bytes, a Blob or File, or anything that reads at offsets. */
export type Bytes = Uint8Array | Blob | ByteSource;

/** A model document: its text, its bytes, or the object that the text says. */
export type DocumentInput = string | Uint8Array | ModelDocument;

/**
 * A document and the weights that are given with it.
 *
 * @param name what messages call the document
 * @throws SmxcError as `openModel`
 */
export async function openGiven(
  document: DocumentInput,
  weights: Bytes | undefined,
  report: Reporter | undefined,
  name = "model.json",
): Promise<DocumentModel> {
  const source = document instanceof Uint8Array ? sourceOf(name, document) : { name, document };
  return openModel(source, "document", {
    weights: async () => (weights === undefined ? undefined : sourceOf("weights", weights)),
    ...(report ? { report } : {}),
  });
}

export function sourceOf(name: string, bytes: Bytes): ByteSource {
  if (bytes instanceof Uint8Array) return bytesSource(name, bytes as Uint8Array<ArrayBuffer>);
  return bytes instanceof Blob ? blobSource(name, bytes) : bytes;
}
