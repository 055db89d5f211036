/** Files of weights that lie beside a graph. Only what `smxc check` lets pass is opened. */
import { dirname } from "node:path";
import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import { asOpened, locationRefusal, STATE_RULES } from "../onnx/check/external-data.js";
import { modelFolder } from "../onnx/check/external-data-node.js";
import type { ExternalDataFile } from "../onnx/check/external-folder.js";
import { normalisePath } from "../onnx/check/external-path.js";
import { RULES, type RuleId } from "../onnx/check/rules.js";
import type { Signature } from "../onnx/signature.js";
import { externalMissing } from "./errors.js";
import type { ModelBytes } from "./session.js";

/**
 * Reads the external data files of a graph, for a session made from bytes.
 *
 * @throws SmxcError `onnx/external-missing`, and as `refuseEscapes`
 */
export async function externalDataOf(
  path: string,
  { external }: Pick<Signature, "external">,
): Promise<NonNullable<ModelBytes["externalData"]>> {
  return Promise.all(
    [...external].map(async (location) => ({
      path: location,
      bytes: await withBeside(path, location, (file) => file.read(0, file.size)),
    })),
  );
}

/**
 * Refuses locations that lead out of the graph's folder, links included, before a runtime follows them.
 *
 * @throws SmxcError with the rule of `smxc check` that is broken
 */
export async function refuseEscapes(path: string, locations: Iterable<string>): Promise<void> {
  const folder = modelFolder(dirname(path));
  for (const location of locations) {
    const refused = locationRefusal(location);
    if (refused !== null) throw new SmxcError([broken(path, location, refused.rule, `it has ${refused.what}`)]);
    const state = await folder.state(asOpened(normalisePath(location)));
    if (state === "regular" || state === "missing") continue;
    const [rule, what] = STATE_RULES[state];
    throw new SmxcError([broken(path, location, rule, `it ${what}`)]);
  }
}

/** A range of an external data file; to its end without a length. */
export async function readBeside(
  path: string,
  location: string,
  offset: number,
  length: number | undefined,
): Promise<Uint8Array> {
  return withBeside(path, location, async (file) => {
    const wanted = length ?? file.size - offset;
    if (!(offset >= 0 && wanted >= 0 && offset + wanted <= file.size)) {
      throw new SmxcError([externalMissing(path, location, `it has ${file.size} bytes`)]);
    }
    return file.read(offset, wanted);
  });
}

/** Opens external data for as long as it is used. */
export async function withBeside<T>(
  path: string,
  location: string,
  use: (file: ExternalDataFile) => Promise<T>,
): Promise<T> {
  await refuseEscapes(path, [location]);
  const file = await modelFolder(dirname(path)).open(asOpened(normalisePath(location)));
  if (file === null) throw new SmxcError([externalMissing(path, location, "it does not exist")], "io");
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function broken(file: string, location: string, rule: RuleId, what: string): Diagnostic {
  const message = `the external data ${JSON.stringify(location)} cannot be read: ${what}`;
  return error(rule, message, { file, hint: RULES[rule].remedy });
}
