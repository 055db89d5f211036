import { type EntryPath, entriesOf, type Holder, isDict, isHolder } from "./entry-path.js";
import type { PyDict, PyOther, PyTensor, PyValue } from "./pickle/values.js";
import type { Steps } from "./steps.js";

/** A dict of a checkpoint that holds tensors, and the first way to it. */
export interface StateDict {
  readonly dict: PyDict;
  readonly path: EntryPath | undefined;
}

/** Tensors without names. */
export interface TensorList {
  readonly tensors: readonly PyTensor[];
  readonly path: EntryPath | undefined;
}

/**
 * Every dict that holds tensors, and every list and tuple of nothing else, in the order of the file. What is shared is visited once, so that the work is bounded by
 * the values that the pickle made, however often it recalls them.
 */
export function stateDictsOf(
  root: PyValue,
  steps: Steps,
): { readonly dicts: readonly StateDict[]; readonly lists: readonly TensorList[] } {
  const dicts: StateDict[] = [];
  const lists: TensorList[] = [];
  const visited = new Set<PyValue>();
  /** What is being looked at, from the root on: no deeper than the values lie within each other. */
  const open: { readonly path: EntryPath | undefined; readonly rest: Iterator<readonly [string, PyValue]> }[] = [];
  const enter = (value: PyValue, path: EntryPath | undefined): void => {
    if (!isHolder(value) || sizeOf(value) === 0 || visited.has(value)) return;
    visited.add(value);
    steps.spend(2 * sizeOf(value));
    const tensors = tensorsIn(value);
    if (tensors.length > 0 && isDict(value)) dicts.push({ dict: value, path });
    else if (tensors.length === sizeOf(value)) lists.push({ tensors, path });
    open.push({ path, rest: entriesOf(value)[Symbol.iterator]() });
  };
  enter(root, undefined);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const next = last.rest.next();
    if (next.done) open.pop();
    else if (isHolder(next.value[1])) enter(next.value[1], { key: next.value[0], parent: last.path });
  }
  return { dicts, lists };
}

function tensorsIn(holder: Holder): readonly PyTensor[] {
  const values: Iterable<PyValue> = holder.kind === "dict" ? holder.entries.values() : holder.items;
  const tensors: PyTensor[] = [];
  for (const value of values) if (isTensor(value)) tensors.push(value);
  return tensors;
}

const sizeOf = (holder: Holder): number => (holder.kind === "dict" ? holder.entries.size : holder.items.length);

/** Entries under which training scripts keep averages of the weights, which most often give better pictures. */
const AVERAGES = [
  "params_ema",
  "ema_state_dict",
  "state_dict_ema",
  "model_state_dict_ema",
  "ema_model_state_dict",
  "model_ema",
  "ema_model",
  "net_g_ema",
  "netG_ema",
  "generator_ema",
  "g_ema",
  "ema",
  "shadow",
];

/** Entries under which training scripts keep the tensors of the model, in the order in which they are tried. */
export const USUAL_KEYS: readonly string[] = [
  ...AVERAGES,
  "model_state_dict",
  "state_dict",
  "params",
  "model",
  "net_g",
  "netG",
  "generator",
];

/** How far dicts are searched within each other for the usual entries. */
const MAX_DEPTH = 4;

/** The dicts under the usual entries, within each other where there are such, then the value itself if it is one. */
export function usualStateDicts(value: PyValue, among: readonly StateDict[], path?: EntryPath): readonly StateDict[] {
  const holding = new Set<PyValue>(among.map(({ dict }) => dict));
  const visited = new Set<PyValue>();
  const search = (at: PyValue, to: EntryPath | undefined, depth: number): readonly StateDict[] => {
    if (!isDict(at) || depth > MAX_DEPTH || visited.has(at)) return [];
    visited.add(at);
    const inside = USUAL_KEYS.flatMap((key) => search(at.entries.get(key) ?? null, { key, parent: to }, depth + 1));
    return holding.has(at) ? [...inside, { dict: at, path: to }] : inside;
  };
  return search(value, path, 0);
}

/** What stands in place of a state dict though nothing can be read from it: a model object, say, or NumPy arrays. */
export function inPlaceOfTensors(root: PyValue): PyOther | undefined {
  if (isForeign(root)) return root;
  if (!isDict(root)) return undefined;
  for (const key of USUAL_KEYS) {
    const entry = root.entries.get(key);
    if (isForeign(entry)) return entry;
    const inside = isDict(entry ?? null) ? firstOfNothingElse(entry as PyDict) : undefined;
    if (inside !== undefined) return inside;
  }
  return firstOfNothingElse(root);
}

function firstOfNothingElse({ entries }: PyDict): PyOther | undefined {
  const values = [...entries.values()];
  const [first] = values;
  return isForeign(first) && values.every(isForeign) ? first : undefined;
}

function isForeign(value: PyValue | undefined): value is PyOther {
  return typeof value === "object" && value?.kind === "other" && value.foreign !== undefined;
}

export function isTensor(value: PyValue): value is PyTensor {
  return typeof value === "object" && value?.kind === "tensor";
}
