/** Triton's configuration as text, by the schema. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import protobuf from "protobufjs";
import textFormat from "protobufjs/ext/textformat.js";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { notOfSchema } from "./errors.js";
import type { ModelConfig } from "./model-config.js";

const MESSAGE = "inference.ModelConfig";
/** By the package's own name: sources and build lie at different depths. */
const SCHEMA = "smxc/schemas/triton/model_config.proto";

export interface ConfigFormat {
  write(config: ModelConfig): string;
  /**
   * @param file what messages call the text
   * @throws SmxcError `deploy/config` with the line, where it is known, and the rule
   */
  read(text: string, file: string): ModelConfig;
}

export async function configFormat(): Promise<ConfigFormat> {
  const schema = await readFile(createRequire(import.meta.url).resolve(SCHEMA), "utf8");
  const type = protobuf.parse(schema, { keepCase: true }).root.lookupType(MESSAGE);
  return {
    write: (config) => textFormat.toText(type, type.fromObject(config)),
    read(text, file) {
      try {
        // Integers of 64 bits are sizes and times, far below 2^53; a number that is not written is 0.
        const read = type.toObject(textFormat.fromText(type, text), { longs: Number, enums: String, arrays: true });
        return { max_batch_size: 0, ...read } as ModelConfig;
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        const [, rule = cause.message, line] = /^(.*?)(?: \(line (\d+)\))?$/s.exec(cause.message) ?? [];
        throw new SmxcError([
          notOfSchema(file, rule.replace(/^\./, ""), line === undefined ? failingLine(type, text, rule) : Number(line)),
        ]);
      }
    },
  };
}

/** Of an error that names no line: the last of the fewest lines that end in it. */
function failingLine(type: protobuf.Type, text: string, rule: string): number | undefined {
  const lines = text.split("\n");
  const fails = (count: number): boolean => {
    try {
      textFormat.fromText(type, lines.slice(0, count).join("\n"));
      return false;
    } catch (cause) {
      return cause instanceof Error && cause.message === rule;
    }
  };
  const found = lines.findIndex((_, at) => fails(at + 1));
  return found < 0 ? undefined : found + 1;
}
