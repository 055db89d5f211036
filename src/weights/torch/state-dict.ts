import { type Reporter, SmxcError } from "../../diagnostics.js";
import type { TorchContainer } from "./container.js";
import * as errors from "./errors.js";
import { describe, type PyDict, type PyValue } from "./pickle/values.js";

export interface CheckpointOptions {
  /** The entry that holds the tensors, its parts joined by dots; found where it is one of the usual ones. */
  readonly key?: string;
  /** Receives a warning where several entries hold tensors. */
  readonly report?: Reporter;
}

/** Entries under which training scripts keep the tensors of the model, in the order in which they are tried. */
const USUAL_KEYS = ["model_state_dict", "state_dict", "params_ema", "params", "model"];

/** How far dicts are searched within each other; a pickle can hold a dict that contains itself. */
const MAX_DEPTH = 4;

/**
 * The dict of tensors of a checkpoint: the entry that `key` names, or else the first of the usual entries that holds
 * one, or else the checkpoint itself.
 *
 * @throws SmxcError that lists the entries which hold tensors.
 */
export function findStateDict(container: TorchContainer, { key, report }: CheckpointOptions): PyDict {
  const { root } = container;
  const file = container.source.name;
  const fail = (finding: ReturnType<typeof errors.noStateDict>) => new SmxcError([finding]);
  if (key !== undefined) {
    const found = follow(root, key);
    if (found === undefined) throw fail(errors.keyNotFound(file, key, holders(root)));
    if (!holdsTensors(found)) throw fail(errors.keyNotTensors(file, key, describe(found)));
    return found;
  }
  const found = search(root, 0);
  if (found === undefined) throw fail(errors.noStateDict(file, describe(root), holders(root)));
  if (found.path.length > 0) {
    const chosen = found.path.join(".");
    const others = holders(root).filter((name) => USUAL_KEYS.includes(name) && name !== found.path[0]);
    if (others.length > 0) report?.(errors.otherHolders(file, chosen, others));
  }
  return found.dict;
}

function search(
  value: PyValue,
  depth: number,
): { readonly dict: PyDict; readonly path: readonly string[] } | undefined {
  if (!isDict(value) || depth > MAX_DEPTH) return undefined;
  for (const key of USUAL_KEYS) {
    const found = search(value.entries.get(key) ?? null, depth + 1);
    if (found !== undefined) return { dict: found.dict, path: [key, ...found.path] };
  }
  return holdsTensors(value) ? { dict: value, path: [] } : undefined;
}

/** The value at the end of a dotted path; keys may hold dots themselves, and the longest that fits is taken first. */
function follow(value: PyValue, path: string): PyValue | undefined {
  if (!isDict(value)) return undefined;
  const whole = value.entries.get(path);
  if (whole !== undefined) return whole;
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const step = value.entries.get(path.slice(0, dot));
    const found = step === undefined ? undefined : follow(step, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Dotted paths of the dicts that hold tensors, down to the second level. */
function holders(root: PyValue): readonly string[] {
  const found: string[] = [];
  for (const [key, value] of isDict(root) ? root.entries : []) {
    if (typeof key !== "string" || !isDict(value)) continue;
    if (holdsTensors(value)) found.push(key);
    for (const [inner, nested] of value.entries) {
      if (typeof inner === "string" && isDict(nested) && holdsTensors(nested)) found.push(`${key}.${inner}`);
    }
  }
  return found;
}

function holdsTensors(value: PyValue): value is PyDict {
  if (!isDict(value)) return false;
  for (const entry of value.entries.values()) if (typeof entry === "object" && entry?.kind === "tensor") return true;
  return false;
}

function isDict(value: PyValue): value is PyDict {
  return typeof value === "object" && value?.kind === "dict";
}
