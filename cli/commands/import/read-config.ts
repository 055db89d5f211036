import { error, type Place, SmxcError } from "../../../src/base/diagnostics.js";
import { type JsonObject, pointerOf } from "../../../src/base/json/parse.js";
import { type ConfigValue, configValue } from "../../../src/frontends/checkpoints/config.js";
import { readJson } from "../../files/read-json.js";

/** Hyper-parameters as the user gives them. */
export interface GivenConfig {
  readonly values: ReadonlyMap<string, ConfigValue>;
  /** Where a value was given; of one that was not, nothing. */
  place(key: string): Place | undefined;
}

/** The scalar entries of a configuration file, a JSON object, and the `--set` flags, which win over them. */
export async function readConfig(
  path: string | undefined,
  set: readonly (readonly [key: string, text: string])[],
): Promise<GivenConfig> {
  const members = path === undefined ? [] : (await readObject(path)).members;
  const scalars = members.flatMap(({ key, value }) =>
    value.kind === "object" || value.kind === "array" || value.kind === "null" ? [] : [[key, value] as const],
  );
  const nodes = new Map(scalars);
  const flags = new Set(set.map(([key]) => key));
  return {
    values: new Map<string, ConfigValue>([
      ...scalars.map(([key, { value }]) => [key, value] as const),
      ...set.map(([key, text]) => [key, configValue(text)] as const),
    ]),
    place(key) {
      const node = nodes.get(key);
      if (flags.has(key)) return { place: `--set ${key}` };
      if (path === undefined || node === undefined) return undefined;
      return { file: path, pointer: pointerOf([key]), line: node.line, column: node.column };
    },
  };
}

async function readObject(path: string): Promise<JsonObject> {
  const root = await readJson(path);
  if (root.kind === "object") return root;
  const { line, column } = root;
  throw new SmxcError([
    error("import/bad-config", "the configuration must be a JSON object", {
      file: path,
      pointer: "",
      line,
      column,
      hint: 'write {"mean": 0.5, …}',
    }),
  ]);
}
