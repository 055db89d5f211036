import { readdirSync, readFileSync } from "node:fs";
import { type ByteSource, bytesSource } from "../../../src/base/bytes/byte-source.js";

const folder = new URL("../../../fixtures/onnx/models/", import.meta.url);

/** Names of the foreign models in `fixtures/onnx/models`. */
export const foreignModels: readonly string[] = readdirSync(folder).sort();

export function foreignModel(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

export function foreignSource(name: string): ByteSource {
  return bytesSource(name, foreignModel(name));
}
