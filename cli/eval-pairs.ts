/** Which picture of one folder belongs to which of another. */
import { join, parse } from "node:path";
import { type Diagnostic, error, SmxcError } from "../src/diagnostics.js";
import { picturesIn } from "./picture-files.js";

export interface EvalPair {
  readonly name: string;
  readonly input: string;
  readonly truth: string;
}

/**
 * Pairs pictures by their names without extension; an input may also be named as the field does, `<name>x<scale>`. True
 * pictures may be more than the inputs.
 *
 * @throws SmxcError naming every input that has no partner
 */
export async function evalPairs(inputs: string, truths: string, scale: number): Promise<readonly EvalPair[]> {
  const [inputNames, truthNames] = [await picturesIn(inputs), await picturesIn(truths)];
  const truthOf = new Map(truthNames.map((name) => [parse(name).name, name]));
  const found: Diagnostic[] = [];
  const pairs = inputNames.flatMap((file): readonly EvalPair[] => {
    const stem = parse(file).name;
    const bare = stem.endsWith(`x${scale}`) ? stem.slice(0, -`x${scale}`.length) : stem;
    const name = truthOf.has(stem) ? stem : bare;
    const truth = truthOf.get(name);
    if (truth === undefined) {
      found.push(noPartner(join(inputs, file), truths, name));
      return [];
    }
    return [{ name, input: join(inputs, file), truth: join(truths, truth) }];
  });
  if (found.length > 0) throw new SmxcError(found);
  return pairs;
}

const noPartner = (file: string, folder: string, name: string): Diagnostic =>
  error("eval/no-partner", `there is no true picture named "${name}" in ${folder}`, {
    file,
    hint: "the pictures of a pair have the same name, whatever their extension",
  });
