/** What no tensor shows: the public default is taken, with a note; a value that is given for nothing gets a note too. */
import { type Diagnostic, warning } from "../../base/diagnostics.js";
import { configValue, listed, remedy } from "../../base/remedy.js";
import type { Config, ConfigValue } from "./config.js";

/** A key of the configuration, and its public default. */
export interface Assumption {
  readonly key: string;
  readonly value: Exclude<ConfigValue, boolean>;
}

/** One warning that names what was taken for the keys that are not given, and how to give them; none where all are. */
export function assumed(config: Config, assumptions: readonly Assumption[]): readonly Diagnostic[] {
  const open = assumptions.filter(({ key }) => !config.has(key));
  const [first] = open;
  if (first === undefined) return [];
  const text = open.map(({ key, value }) => `${key} = ${value}`).join(", ");
  return [
    warning("import/assumed", `the tensors do not show every hyper-parameter; using the usual values ${text}`, {
      ...config.placeOf(first.key),
      ...remedy`if the network was trained with other values, give them: ${listed(
        open.map(({ key, value }) => remedy`${configValue(key, value)}`),
        " ",
      )}`,
    }),
  ];
}

/** A warning where a key is given that this checkpoint has no use for. */
export function unused(config: Config, key: string, why: string): readonly Diagnostic[] {
  if (!config.has(key)) return [];
  const hint = "leave it out, or give the checkpoint that it belongs to";
  return [warning("import/unused-config", `"${key}" is given, but ${why}`, { ...config.placeOf(key), hint })];
}
