/** A model document and its weights from memory, or from anything that reads at offsets. */

import { type ByteSource, blobSource, bytesSource } from "./base/bytes/byte-source.js";
import { type Reporter, SmxcError } from "./base/diagnostics.js";
import { placeErrors } from "./base/place-errors.js";
import { openWeights } from "./files/open.js";
import { sampleOf } from "./files/sample.js";
import { refuseNoDocument } from "./files/wanted.js";
import type { ModelDocument, ModelSpec } from "./frontends/document/document.js";
import * as errors from "./frontends/document/errors.js";
import { parseDocument } from "./frontends/document/parse.js";
import type { TensorStore } from "./tensors/tensor.js";

/** A file's content: bytes, a Blob or File, or anything that reads at offsets. */
export type Bytes = Uint8Array | Blob | ByteSource;

/** A model document: its text, its bytes, or the object that the text says. */
export type DocumentInput = string | Uint8Array | ModelDocument;

export interface ModelNames {
  readonly document?: string;
  readonly weights?: string;
}

/**
 * Does work on a model; its errors get their place in the document.
 *
 * @param names what messages call the two files
 * @throws SmxcError when the document is broken, or the weights are not those that it names
 */
export async function withModel<T>(
  document: DocumentInput,
  weights: Bytes | undefined,
  report: Reporter | undefined,
  work: (spec: ModelSpec, weights: TensorStore | undefined) => Promise<T>,
  names: ModelNames = {},
): Promise<T> {
  const text = typeof document === "string" || document instanceof Uint8Array ? document : JSON.stringify(document);
  const name = names.document ?? "model.json";
  if (text instanceof Uint8Array) refuseNoDocument(await sampleOf(bytesSource(name, text as Uint8Array<ArrayBuffer>)));
  const { spec, place } = parseDocument(text, name);
  const source = weights === undefined ? undefined : sourceOf(names.weights ?? "weights", weights);
  return placeErrors(place, async () => {
    const expected = spec.weights?.sha256;
    const found = source && expected !== undefined ? await source.sha256() : expected;
    if (expected !== undefined && found !== expected)
      throw new SmxcError([{ ...errors.wrongChecksum(expected, found ?? ""), place: source!.name }]);
    const store = source && (await openWeights(source, report ? { report } : {}));
    return work(spec, store);
  });
}

export function sourceOf(name: string, bytes: Bytes): ByteSource {
  if (bytes instanceof Uint8Array) return bytesSource(name, bytes as Uint8Array<ArrayBuffer>);
  return bytes instanceof Blob ? blobSource(name, bytes) : bytes;
}
