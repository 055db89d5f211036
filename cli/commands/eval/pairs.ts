/** Which picture of one folder belongs to which of another. */
import { realpath } from "node:fs/promises";
import { join, parse } from "node:path";
import { type Diagnostic, error, SmxcError } from "../../../src/base/diagnostics.js";
import type { Context } from "../../flags/command.js";
import { picturesIn } from "../../pictures/folder.js";
import { someOf } from "../../terminal/some-of.js";
import { pairFinder } from "./pair-names.js";

export interface EvalPair {
  readonly name: string;
  readonly input: string;
  readonly truth: string;
}

/**
 * Pairs pictures by their names without extension, and by the names of the field's data sets (`pair-names.ts`). True
 * pictures may be more than the inputs. Both may be in one folder, where their names tell them apart.
 *
 * @throws SmxcError naming every input that has no partner
 */
export async function evalPairs(
  inputs: string,
  truths: string,
  context: Pick<Context, "note">,
): Promise<readonly EvalPair[]> {
  const inputNames = await picturesIn(inputs, context);
  const shared = (await realpath(inputs)) === (await realpath(truths).catch(() => truths));
  const truthNames = shared ? inputNames : await picturesIn(truths, context);
  const fileOf = new Map(truthNames.map((name) => [parse(name).name, name]));
  const stems = [...fileOf.keys()];
  const find = pairFinder(stems);
  const withPairs = (finder: typeof find) =>
    inputNames.map((file) => ({ file, stem: parse(file).name, pair: finder(parse(file).name) }));
  // In one folder no picture is its own partner, and those without one are true pictures themselves.
  const apart = shared
    ? withPairs((stem) => pairFinder(stems.filter((other) => other !== stem))(stem)).filter(({ pair }) => pair)
    : [];
  const taken = apart.length > 0 ? apart : withPairs(find);
  const missing = taken.filter(({ pair }) => pair === undefined);
  if (missing.length > 0) {
    const reversed = pairFinder(inputNames.map((name) => parse(name).name));
    const swapped = missing.length === taken.length && stems.every((stem) => reversed(stem) !== undefined);
    const hint = swapped ? "did you swap the folders? --pairs takes the folder of inputs first" : namesHint(truthNames);
    throw new SmxcError(missing.map(({ file, stem }) => noPartner(join(inputs, file), stem, truths, hint)));
  }
  const names = taken.map(({ pair }) => pair!.name);
  return taken.map(({ file, stem, pair }) => ({
    // Several inputs may have one true picture.
    name: names.filter((name) => name === pair!.name).length > 1 ? stem : pair!.name,
    input: join(inputs, file),
    truth: join(truths, fileOf.get(pair!.truth)!),
  }));
}

const noPartner = (file: string, stem: string, folder: string, hint: string): Diagnostic =>
  error("eval/no-partner", `there is no true picture for "${stem}" in ${folder}`, { file, hint });

function namesHint(truths: readonly string[]): string {
  return `give the two pictures of a pair the same name, apart from endings such as x2, _LR and _HR; there are ${someOf(truths)}`;
}
