import type { Command, OptionSpec } from "./command.js";

/**
 * Repeats an option before each further value that follows it, `--image a b` as `--image a --image b`, as far as there
 * are more values than the command has arguments: `compile --image a model.json` keeps its argument.
 */
export function spreadLists(argv: readonly string[], commands: readonly Command[]): readonly string[] {
  const start = argv.findIndex((token) => !token.startsWith("-"));
  const command = commands.find(({ name }) => name === argv[start]);
  if (!command || command.arguments.some(({ variadic }) => variadic)) return argv;
  const flags = flagsOf(command);
  const values: Value[] = [];
  let list: string | undefined;
  for (let at = start + 1; at < argv.length && argv[at] !== "--"; at++) {
    const token = argv[at]!;
    if (!isFlag(token)) {
      values.push({ at, list });
      continue;
    }
    const spec = flags.get(token);
    list = spec?.repeatable ? token : undefined;
    // A variadic option of commander's takes all that follow.
    if (spec?.flags.includes("...>")) return argv;
    if (spec?.parse) at++;
  }
  const further = values.filter((value) => value.list !== undefined);
  const extra = values.length - command.arguments.length;
  if (extra <= 0 || extra > further.length) return argv;
  const listAt = new Map(further.slice(0, extra).map((value) => [value.at, value.list!]));
  return argv.flatMap((token, at) => (listAt.has(at) ? [listAt.get(at)!, token] : [token]));
}

/** A token that is no flag and no flag's value, and the repeatable option whose values it comes behind. */
interface Value {
  readonly at: number;
  readonly list: string | undefined;
}

/** A lone `-` and negative numbers are values. */
function isFlag(token: string): boolean {
  return /^-(?![\d.]|$)/.test(token);
}

/** The command's options by each of their spellings. */
function flagsOf(command: Command): ReadonlyMap<string, OptionSpec<unknown>> {
  return new Map(
    Object.values(command.options).flatMap((spec) =>
      spec.flags.split(/,\s*/).map((flag) => [flag.split(" ")[0]!, spec] as const),
    ),
  );
}
