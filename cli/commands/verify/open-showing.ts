/** Opens a graph's file with further values as outputs. */
import { dirname } from "node:path";
import { concat } from "../../../src/base/bytes/concat.js";
import { showValues } from "../../../src/onnx/show-values.js";
import type { Signature } from "../../../src/onnx/signature.js";
import type { GraphModel } from "../../../src/open-model.js";
import { externalDataOf, refuseEscapes } from "../../../src/sessions/external-data-node.js";
import type { ModelBytes, Session, SessionOptions } from "../../../src/sessions/session.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";

/** Opens the file on a target, as often as values are to be seen. @returns by the names of those values */
export async function showingOpener(
  { name, decoded }: Pick<GraphModel, "name" | "decoded">,
  signature: Signature,
  options: SessionOptions,
): Promise<(names: readonly string[]) => Promise<Session>> {
  const external = await externalFor(name, signature, options);
  return async (names) => {
    if (names.length === 0) return createNodeSession(name, options);
    const bytes = await decoded.source.read(0, decoded.source.size);
    return createNodeSession({ name, bytes: concat(bytes, showValues(names)), ...external }, options);
  };
}

/** WebAssembly sees no files; elsewhere ONNX Runtime reads the data itself, however large it is. */
async function externalFor(
  path: string,
  signature: Signature,
  { target }: SessionOptions,
): Promise<Pick<ModelBytes, "externalData" | "folder">> {
  if (target === "wasm") return { externalData: await externalDataOf(path, signature) };
  await refuseEscapes(path, signature.external);
  return { folder: dirname(path) };
}
