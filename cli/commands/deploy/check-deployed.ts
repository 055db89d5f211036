/** Whether a configuration that is in a repository, changed by hand perhaps, follows Triton's schema and a graph. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { openModelFile } from "../../models/open-model.js";
import { differencesOf } from "./check-config.js";
import { brokenRules } from "./config-rules.js";
import { configFormat } from "./config-text.js";
import { nameOf } from "./deploy-triton.js";
import { noConfig } from "./errors.js";
import { graphTensors } from "./graph-tensors.js";

export interface Checked {
  readonly name: string;
  /** The configuration. */
  readonly file: string;
}

/** @throws SmxcError with every difference and its line */
export async function checkDeployed(
  path: string,
  { output, name: given }: { readonly output: string; readonly name: string | undefined },
): Promise<Checked> {
  const name = nameOf(path, given);
  const opened = await openModelFile(path, "graph");
  try {
    const tensors = await graphTensors(opened.decoded.message, path);
    const file = join(output, name, "config.pbtxt");
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw noConfig(file, cause);
    });
    const config = (await configFormat()).read(text, file);
    const place = { file, lineOf: (field: string) => lineOf(text, field) };
    const found = [...brokenRules(config, name, place), ...differencesOf(config, tensors, place)];
    if (found.length > 0) throw new SmxcError(found);
    return { name, file };
  } finally {
    await opened.close();
  }
}

export function checkedText({ file }: Checked): string {
  return `${file} follows Triton's schema and the graph`;
}

/** Of the tensor of that name, or else of the first field. */
function lineOf(text: string, name: string): number | undefined {
  const lines = text.split("\n");
  const tensors = lines.findIndex((line) => /^\s*(input|output)\b/.test(line));
  const tensor = lines.findIndex((line, at) => at >= tensors && /\bname\s*:/.test(line) && line.includes(`"${name}"`));
  const field = lines.findIndex((line) => line.match(/\w+(?=\s*[:{])/g)?.includes(name));
  const found = tensors >= 0 && tensor >= 0 ? tensor : field;
  return found < 0 ? undefined : found + 1;
}
