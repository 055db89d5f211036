import type { ByteSource } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { sampleOf } from "./sample.js";
import { notWanted } from "./wanted.js";
import { whatIsThis } from "./what-is-this.js";

export type WeightsFormat = "safetensors" | "torch zip" | "torch legacy";

/** Archives of every kind that may be PyTorch's go to its reader, which says what is wrong with them. */
const FORMATS: ReadonlyMap<string, WeightsFormat> = new Map([
  ["safetensors", "safetensors"],
  ["safetensors-header", "safetensors"],
  ["torch-zip", "torch zip"],
  ["torchscript", "torch zip"],
  ["zip", "torch zip"],
  ["torch-legacy", "torch legacy"],
]);

/** @throws SmxcError that says what the file is instead, where that is known, and lists the formats. */
export async function detectFormat(source: ByteSource): Promise<WeightsFormat> {
  const kind = whatIsThis(await sampleOf(source));
  const format = FORMATS.get(kind?.id ?? "");
  if (format === undefined) throw new SmxcError([notWanted(source.name, kind, "checkpoint")]);
  return format;
}
