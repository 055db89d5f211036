/** What the name of a model stands for: a file, or a network that comes with smxc. */
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Diagnostic, type Reporter, SmxcError } from "../base/diagnostics.js";
import * as errors from "./errors.js";
import { shippedNetworks } from "./networks.js";

/** No folder before it: a path is a path. */
const MAY_BE_NAME = /^[^/\\]+$/;

/**
 * The path of a model's file. A file of that name comes before a network of that name, which is reported.
 *
 * @param given a path, or the name of a network that comes with smxc
 * @param wanted a network that comes by name is a document, and no graph
 * @returns what was given, where it is no name, for its reader to complain about
 * @throws SmxcError of kind `io` where there is neither a file nor a network, with the name that was most likely meant
 */
export async function modelPath(given: string, wanted: "document" | "graph", report: Reporter): Promise<string> {
  if (!MAY_BE_NAME.test(given)) return given;
  const networks = await shippedNetworks();
  const network = networks.find(({ name }) => name === given);
  if (await exists(given)) {
    if (network !== undefined && wanted === "document") report(errors.fileBeforeName(given));
    return given;
  }
  if (network === undefined) {
    const found = notFound(
      given,
      networks.map(({ name }) => name),
    );
    if (found === undefined) return given;
    throw new SmxcError([found], "io");
  }
  if (wanted === "graph") throw new SmxcError([errors.documentNotGraph(given)], "usage");
  const path = fileURLToPath(network.document);
  if (!(await exists(path))) throw new SmxcError([errors.notBuilt(given, path)], "io");
  return path;
}

/** What has an ending is a file, whose reader says that it is not there, unless a network is called so without the ending. */
function notFound(given: string, names: readonly string[]): Diagnostic | undefined {
  const named = names.find((name) => given.startsWith(`${name}.`));
  if (named !== undefined) return errors.namedWithEnding(given, named);
  return given.includes(".") ? undefined : errors.noFileOrNetwork(given, names);
}

/** Whatever it is, pipes and what may not be read included. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== "ENOENT",
  );
}
