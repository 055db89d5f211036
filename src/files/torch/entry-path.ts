import type { PyDict, PyList, PyTuple, PyValue } from "./pickle/values.js";

/** The way from the root of a checkpoint to one of its entries, from its end; undefined is the root itself. */
export interface EntryPath {
  readonly key: string;
  readonly parent: EntryPath | undefined;
}

/** Longer paths are cut where they are shown. A trainer's keys of callbacks take some 150 letters. */
const MOST_LETTERS = 300;

/** The path as `--key` takes it, its parts joined by dots. A nest of thousands is cut. */
export function pathText(path: EntryPath | undefined): string {
  let text = path?.key.slice(0, MOST_LETTERS) ?? "";
  for (let at = path?.parent; at !== undefined; at = at.parent) {
    if (text.length > MOST_LETTERS) return `…${text.slice(0, MOST_LETTERS)}`;
    text = `${at.key.slice(0, MOST_LETTERS)}.${text}`;
  }
  return text;
}

/** Whether one of the path's keys is such. */
export function somewhere(path: EntryPath | undefined, is: (key: string) => boolean): boolean {
  for (let at = path; at !== undefined; at = at.parent) if (is(at.key.slice(0, MOST_LETTERS))) return true;
  return false;
}

export function isDict(value: PyValue): value is PyDict {
  return typeof value === "object" && value?.kind === "dict";
}

export type Holder = PyDict | PyList | PyTuple;

export function isHolder(value: PyValue | undefined): value is Holder {
  return typeof value === "object" && (value?.kind === "dict" || value?.kind === "list" || value?.kind === "tuple");
}

/** What a dict, list or tuple holds under keys that a person can type. */
export function* entriesOf(holder: Holder): Iterable<readonly [key: string, value: PyValue]> {
  if (holder.kind === "dict") {
    for (const [key, value] of holder.entries) {
      if (typeof key === "string" || typeof key === "number") yield [String(key), value];
    }
  } else {
    for (const [i, value] of holder.items.entries()) yield [String(i), value];
  }
}

/**
 * The value at the end of a dotted path; keys may hold dots themselves, and the longest that fits is taken first.
 * Where several ways lead on, each place is looked at once.
 */
export function follow(root: PyValue, path: string): PyValue | undefined {
  const tried = new Map<PyValue, Set<number>>();
  const from = (value: PyValue, start: number): PyValue | undefined => {
    if (!isHolder(value)) return undefined;
    const starts = tried.get(value) ?? new Set();
    if (starts.has(start)) return undefined;
    tried.set(value, starts.add(start));
    const whole = step(value, path.slice(start));
    if (whole !== undefined) return whole;
    for (let dot = path.lastIndexOf("."); dot > start; dot = path.lastIndexOf(".", dot - 1)) {
      const next = step(value, path.slice(start, dot));
      const found = next === undefined ? undefined : from(next, dot + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return from(root, 0);
}

function step(holder: Holder, key: string): PyValue | undefined {
  const index = /^[0-9]{1,9}$/.test(key) ? Number(key) : undefined;
  if (holder.kind !== "dict") return index === undefined ? undefined : holder.items[index];
  const named = holder.entries.get(key);
  return named === undefined && index !== undefined ? holder.entries.get(index) : named;
}
