/** What the library takes as a model: a document, and the weights that it names. */

import { type Bytes, sourceOf } from "./base/bytes/bytes.js";
import type { Reporter } from "./base/diagnostics.js";
import type { ModelDocument } from "./frontends/document/document.js";
import { type DocumentModel, openModel } from "./open-model.js";

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
