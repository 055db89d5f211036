import { error, SmxcError } from "../src/diagnostics.js";
import type { ConfigValue } from "../src/importers/config.js";
import { parseJson } from "../src/json/parse.js";
import { openFileSource } from "../src/weights/file-source-node.js";

/** The scalar entries of a configuration file, a JSON object. */
export async function readConfig(path: string): Promise<readonly (readonly [string, ConfigValue])[]> {
  const source = await openFileSource(path);
  try {
    const root = parseJson(await source.read(0, source.size), path);
    if (root.kind !== "object") {
      throw new SmxcError([
        error("import/bad-config", "a configuration is a JSON object", {
          file: path,
          line: root.line,
          column: root.column,
          hint: 'write {"mean": 0.5, …}',
        }),
      ]);
    }
    return root.members.flatMap(({ key, value }) =>
      value.kind === "object" || value.kind === "array" || value.kind === "null" ? [] : [[key, value.value] as const],
    );
  } finally {
    await source.close();
  }
}
