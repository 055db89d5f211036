import { type Diagnostic, error, SmxcError, warning } from "../../base/diagnostics.js";
import { nearest } from "../../base/nearest.js";
import { option, remedy } from "../../base/remedy.js";
import { isAverage, isDiscriminator } from "../../files/roles.js";
import type { FindPrefixes, TensorShapes } from "../../files/torch/state-dict.js";
import type { TensorStore } from "../../tensors/tensor.js";
import type { Importer } from "./importer.js";
import { IMPORTERS } from "./index.js";
import { quotedSample } from "./quoted-sample.js";
import { landmarkOfImporter, matches } from "./recognise.js";
import { TensorReader } from "./tensor-reader.js";
import { foreignNetwork, unrecognised } from "./unrecognised.js";

/** An architecture, and what stands before the names of its tensors. */
export interface Architecture {
  readonly importer: Importer;
  readonly prefix: string;
}

/** Names with more letters, or with more before a landmark, are those of no module that a person wrote. */
const LONGEST_NAME = 1000;
const LONGEST_PREFIX = 400;

/**
 * The architectures that are found among tensors, each with its prefix. Where one lies inside another, as the layers of a
 * network do, the outer one is meant. Discriminators are none.
 */
export function findArchitectures(tensors: TensorShapes, importers = IMPORTERS): readonly Architecture[] {
  const names = [...readableNames(tensors)].sort();
  const found: Architecture[] = [];
  // In the order of the alphabet what lies inside a prefix follows it at once.
  for (const prefix of [...candidates(names, importers)].sort()) {
    const outer = found.at(-1);
    if (outer !== undefined && prefix.startsWith(outer.prefix)) continue;
    if (partsOf(prefix).some(isDiscriminator)) continue;
    const inside = new Map(namesUnder(names, prefix).map((name) => [name.slice(prefix.length), tensors.get(name)!]));
    const importer = importers.find((each) => matches(each, TensorReader.ofShapes(inside)));
    if (importer) found.push({ importer, prefix });
  }
  return found;
}

const partsOf = (prefix: string): readonly string[] => prefix.split(".");

const readableNames = (tensors: TensorShapes): readonly string[] =>
  [...tensors.keys()].filter(({ length }) => length <= LONGEST_NAME);

function candidates(names: readonly string[], importers: readonly Importer[]): ReadonlySet<string> {
  const found = new Set<string>();
  const landmarks = importers.map(landmarkOfImporter);
  for (const name of names) {
    for (const landmark of landmarks) {
      const match = landmark.exec(name.slice(0, LONGEST_PREFIX));
      if (match) found.add(name.slice(0, match.index + (match[0].startsWith(".") ? 1 : 0)));
    }
  }
  return found;
}

/** The names of a sorted list that begin with a prefix. */
function namesUnder(names: readonly string[], prefix: string): readonly string[] {
  let [from, to] = [0, names.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (names[middle]! < prefix) from = middle + 1;
    else to = middle;
  }
  let end = from;
  while (end < names.length && names[end]!.startsWith(prefix)) end++;
  return names.slice(from, end);
}

/** Finds the prefixes under which there is an architecture, or the one that `arch` names. */
export function prefixFinder(arch: string | undefined): FindPrefixes {
  return (tensors) =>
    findArchitectures(tensors, importersOf(arch)).map((each) => ({
      prefix: keyOf(each),
      covers: each.importer.covers,
    }));
}

function importersOf(arch: string | undefined): readonly Importer[] {
  return arch === undefined ? IMPORTERS : IMPORTERS.filter(({ name }) => name === arch);
}

/**
 * The architecture of a checkpoint: the one that `arch` names, else the first that matches all tensors, else the only
 * network that is found under a prefix. A single layer of a larger network is taken only where `arch` asks for it.
 *
 * @throws SmxcError that names the prefixes under which architectures are found.
 */
export function chooseArchitecture(
  store: TensorStore,
  arch: string | undefined,
  report: (found: Diagnostic) => void,
): Architecture {
  if (arch !== undefined && importersOf(arch).length === 0) throw new SmxcError([unknownArch(arch)], "usage");
  const wrapped = TensorReader.wrapperOf(store);
  const whole = new TensorReader(store, wrapped);
  const importer = importersOf(arch).find((each) => matches(each, whole));
  if (importer) return { importer, prefix: wrapped };
  const found = findArchitectures(store.tensors, importersOf(arch));
  const networks = found.filter((each) => each.importer.covers === "network");
  if (arch === undefined && networks.length === 0 && foreignNetwork(readableNames(store.tensors)) !== undefined) {
    throw new SmxcError([unrecognised(store, readableNames(store.tensors))]);
  }
  const eligible = preferAverage(networks.length > 0 ? networks : found, store);
  const [only, ...more] = eligible;
  if (only === undefined) {
    if (arch !== undefined) return { importer: importersOf(arch)[0]!, prefix: wrapped };
    throw new SmxcError([unrecognised(store, readableNames(store.tensors))]);
  }
  const rest = [...store.tensors.keys()].filter((name) => !name.startsWith(only.prefix));
  if (more.length > 0) throw new SmxcError([several(eligible)]);
  if (only.importer.covers === "layer" && arch === undefined && rest.length > 0) {
    throw new SmxcError([layerOnly(only, rest)]);
  }
  if (rest.length > 0) report(leftOut(only, rest));
  return only;
}

/** One network alone, where it is the only average and the others have tensors of the same names. */
function preferAverage(found: readonly Architecture[], store: TensorStore): readonly Architecture[] {
  const averages = found.filter(({ prefix }) => partsOf(prefix).some(isAverage));
  const [average] = averages;
  if (average === undefined || averages.length > 1) return found;
  const names = ({ prefix }: Architecture) => new TensorReader(store, prefix).names();
  const own = new Set(names(average));
  const alike = (each: Architecture): boolean =>
    each.importer === average.importer && names(each).length === own.size && names(each).every((name) => own.has(name));
  return found.every(alike) ? [average] : found;
}

const unknownArch = (arch: string): Diagnostic => {
  const names = IMPORTERS.map(({ name }) => name);
  const near = nearest(arch, names);
  return error("import/unknown-arch", `"${arch}" is not an architecture that smxc imports`, {
    hint: near ? `did you mean "${near}"?` : `they are ${names.join(", ")}`,
  });
};

const keyOf = ({ prefix }: Architecture): string => prefix.slice(0, -1);

const several = (found: readonly Architecture[]): Diagnostic =>
  error("import/several-architectures", "the tensors belong to several networks or layers that smxc knows", {
    ...remedy`choose one with ${option("key")}: ${found
      .slice(0, MOST_NAMED)
      .map((each) => `${keyOf(each)} (${each.importer.name})`)
      .join(", ")}${found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : ""}`,
  });

const MOST_NAMED = 8;

const layerOnly = (found: Architecture, rest: readonly string[]): Diagnostic =>
  error(
    "import/unrecognised",
    `the tensors do not belong to a network that smxc knows; only "${keyOf(found)}" is a layer that it knows: ${found.importer.name}`,
    {
      ...remedy`import only the layer with ${option("key", keyOf(found))}; the other tensors are ${quotedSample(rest)}`,
    },
  );

const averageText = ({ prefix }: Architecture): string =>
  partsOf(prefix).some(isAverage) ? ", an average over the training" : "";

const leftOut = (taken: Architecture, rest: readonly string[]): Diagnostic =>
  warning(
    "import/left-out",
    `using only the tensors whose names begin with "${taken.prefix}"${averageText(taken)}; left out: ${quotedSample(rest)}`,
    remedy`give ${option("key", keyOf(taken))} to avoid this warning`,
  );
