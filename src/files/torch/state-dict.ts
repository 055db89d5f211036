import { type Reporter, SmxcError } from "../../base/diagnostics.js";
import { isAverage, isDiscriminator } from "../roles.js";
import type { TorchContainer } from "./container.js";
import { copiesOf, listsLike } from "./copies.js";
import { isFloat } from "./dtypes.js";
import { type EntryPath, follow, pathText, somewhere } from "./entry-path.js";
import * as errors from "./errors.js";
import { forbiddenHint } from "./globals.js";
import { forbiddenGlobal } from "./pickle/errors.js";
import { describe, type PyOther, type PyValue } from "./pickle/values.js";
import { inPlaceOfTensors, isTensor, type StateDict, stateDictsOf, usualStateDicts } from "./state-dicts.js";
import type { Steps } from "./steps.js";

/** Tensors by name, as far as an architecture is recognised by them. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Something that the caller can read among tensors. */
export interface Finding {
  /** What stands before the names of its tensors, without the dot at the end. */
  readonly prefix: string;
  readonly covers: "network" | "layer";
}

export type FindPrefixes = (tensors: TensorShapes) => readonly Finding[];

export interface CheckpointOptions {
  /**
   * The entry that holds the tensors, its parts joined by dots, or what stands before the tensors' names, or both, one
   * after the other. Found without it where it is one of the usual ones, or the only one in which `findPrefixes` finds
   * something; an average of the same tensors comes first, a discriminator never.
   */
  readonly key?: string;
  /** What stands before the names of tensors that the caller can make something of; chooses among entries. */
  readonly findPrefixes?: FindPrefixes;
  /** Receives a warning where several entries hold tensors. */
  readonly report?: Reporter;
}

/** A state dict, or the part of one whose names begin with a prefix. */
export interface Selection {
  readonly state: StateDict;
  /** Empty, or with a dot at its end; it is taken off the names. */
  readonly prefix: string;
}

/**
 * The dict of tensors of a checkpoint.
 *
 * @throws SmxcError that lists the entries which hold tensors.
 */
export function findStateDict(container: TorchContainer, options: CheckpointOptions): Selection {
  const { root, steps } = container;
  const { dicts: all, lists } = stateDictsOf(root, steps);
  const usual = usualStateDicts(root, all);
  const chosen = averageOf(choose(usual, all, options.findPrefixes), all, options.findPrefixes, steps);
  if (options.key !== undefined) return byKey(container, { ...options, key: options.key }, all, chosen);
  const file = container.source.name;
  if (chosen === undefined) {
    const other = inPlaceOfTensors(root);
    if (all.length === 0 && other?.foreign !== undefined) throw new SmxcError([inPlace(other)]);
    const known = all.filter((state) => found(state, options.findPrefixes).length > 0);
    if (known.length > 1) throw new SmxcError([errors.severalNetworks(file, names(known))]);
    throw new SmxcError([errors.noStateDict(file, describe(root), names(all))]);
  }
  const own = pathText(chosen.path);
  const others = (paths: readonly (EntryPath | undefined)[]) =>
    [...new Set(paths.map(pathText))].filter((path) => path !== "" && path !== own);
  const generators = all.filter(({ path }) => !somewhere(path, isDiscriminator));
  const copies = others(copiesOf(chosen, generators, steps));
  const plain = usual.map(({ path }) => path).filter((path) => !somewhere(path, isAverage));
  const beside = others(plain).filter((path) => !copies.includes(path));
  if (copies.length + beside.length > 0) {
    const average = somewhere(chosen.path, isAverage);
    options.report?.(errors.otherHolders(file, { path: own, average }, copies, beside));
  }
  const unnamed = others(listsLike(chosen, lists, steps));
  if (unnamed.length > 0) options.report?.(errors.unnamedTensors(file, own, unnamed));
  return { state: chosen, prefix: "" };
}

/**
 * The first usual one in which something is found, or the only other one with a network. Where there is none, the first
 * usual one; a layer elsewhere is taken only where there is no usual one.
 */
function choose(
  usual: readonly StateDict[],
  all: readonly StateDict[],
  findPrefixes: FindPrefixes | undefined,
): StateDict | undefined {
  const holding = (states: readonly StateDict[], ...covers: readonly Finding["covers"][]) =>
    states.filter((state) => found(state, findPrefixes).some((finding) => covers.includes(finding.covers)));
  const [first] = holding(usual, "network", "layer");
  if (first !== undefined) return first;
  const networks = holding(all, "network");
  const others = networks.length > 0 || usual.length > 0 ? networks : holding(all, "layer");
  // Where nothing is known, the only tensors are those that the caller can say something of.
  const only = findPrefixes !== undefined && all.length === 1 ? all[0] : undefined;
  return others.length > 1 ? undefined : (others[0] ?? usual[0] ?? only);
}

/** The first average of the same tensors in which as much is found; the dict itself where there is none, or it is one. */
function averageOf(
  chosen: StateDict | undefined,
  all: readonly StateDict[],
  findPrefixes: FindPrefixes | undefined,
  steps: Steps,
): StateDict | undefined {
  if (chosen === undefined || somewhere(chosen.path, isAverage)) return chosen;
  const averages = all.filter(({ path }) => somewhere(path, isAverage));
  if (averages.length === 0 || found(chosen, findPrefixes).length === 0) return chosen;
  const copies = copiesOf(chosen, averages, steps);
  return averages.find((each) => copies.includes(each.path) && found(each, findPrefixes).length > 0) ?? chosen;
}

function found({ dict, path }: StateDict, findPrefixes: FindPrefixes = () => []): readonly Finding[] {
  if (somewhere(path, isDiscriminator)) return [];
  const shapes = new Map<string, { readonly shape: readonly number[] }>();
  for (const [name, value] of dict.entries) {
    if (typeof name === "string" && isTensor(value) && isFloat(value.dtype)) shapes.set(name, value);
  }
  return findPrefixes(shapes);
}

/** The entry that the key names; else the part of a state dict whose names begin with it. */
function byKey(
  { root, source, steps }: TorchContainer,
  { key, findPrefixes }: CheckpointOptions & { readonly key: string },
  all: readonly StateDict[],
  chosen: StateDict | undefined,
): Selection {
  const value = follow(root, key);
  const own = all.find(({ dict }) => dict === value);
  const inside = own ?? (value === undefined ? undefined : choose(usualStateDicts(value, all), [], findPrefixes));
  if (inside !== undefined) return { state: inside, prefix: "" };
  const parts = all.flatMap((state): readonly Selection[] => {
    const path = pathText(state.path);
    const prefixes = [key, ...(path !== "" && key.startsWith(`${path}.`) ? [key.slice(path.length + 1)] : [])];
    steps.spend(prefixes.length * state.dict.entries.size);
    return prefixes
      .map((text) => (text.endsWith(".") ? text : `${text}.`))
      .filter((prefix) => hasUnder(state, prefix))
      .map((prefix) => ({ state, prefix }));
  });
  const first = parts.find(({ state }) => state.dict === chosen?.dict) ?? (parts.length === 1 ? parts[0] : undefined);
  if (first !== undefined) return first;
  const file = source.name;
  if (parts.length > 1) {
    const whole = parts.map(({ state, prefix }) => `${pathText(state.path)}.${prefix.slice(0, -1)}`);
    throw new SmxcError([errors.keyInSeveral(file, key, whole)]);
  }
  if (isOther(value) && value.foreign !== undefined) throw new SmxcError([inPlace(value)]);
  if (value !== undefined) throw new SmxcError([errors.keyNotTensors(file, key, describe(value))]);
  const known = chosen === undefined ? [] : found(chosen, findPrefixes).map(({ prefix }) => prefix);
  throw new SmxcError([
    errors.keyNotFound(file, key, {
      entries: names(all),
      prefixes: chosen === undefined ? [] : prefixesOf(chosen),
      known: known.filter((prefix) => prefix !== ""),
    }),
  ]);
}

function hasUnder({ dict }: StateDict, prefix: string): boolean {
  for (const [name, value] of dict.entries) {
    if (typeof name === "string" && isTensor(value) && name.startsWith(prefix)) return true;
  }
  return false;
}

/** What stands before the first dots of the names, `net.` and `criterion.`, those first that occur first. */
function prefixesOf({ dict }: StateDict): readonly string[] {
  const found = new Set<string>();
  for (const name of dict.entries.keys()) {
    const dot = typeof name === "string" ? name.indexOf(".") : -1;
    if (dot > 0) found.add((name as string).slice(0, dot));
  }
  return [...found];
}

function names(states: readonly StateDict[]): readonly string[] {
  return states
    .map(({ path }) => path)
    .filter((path) => path !== undefined)
    .map(pathText);
}

const inPlace = (value: PyOther) => {
  const { module, name, at } = value.foreign!;
  return forbiddenGlobal(`${module}.${name}`, forbiddenHint(module, name), at);
};

function isOther(value: PyValue | undefined): value is PyOther {
  return typeof value === "object" && value?.kind === "other";
}
