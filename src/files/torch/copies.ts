import type { EntryPath } from "./entry-path.js";
import type { PyDict, PyTensor } from "./pickle/values.js";
import { isTensor, type StateDict, type TensorList } from "./state-dicts.js";
import type { Steps } from "./steps.js";

/** Longer names are no names of tensors that a network has, and are not compared. */
const MOST_LETTERS = 400;

/** How many dots of a name may stand before what both dicts call a tensor: `net.module.` has two. */
const MOST_PREFIX = 4;

/** Names of a dict by which a way to compare it is looked for. */
const MOST_TRIED = 4;

type Shapes = ReadonlyMap<string, readonly number[]>;

/**
 * The state dicts that hold most of the tensors of `chosen`, or most of theirs among them, under the same names and
 * shapes, but for what one of them puts before all names. Such a dict is most often an average over the training.
 */
export function copiesOf(
  chosen: StateDict,
  all: readonly StateDict[],
  steps: Steps,
): readonly (EntryPath | undefined)[] {
  const own = shapesOf(chosen.dict, steps);
  const prefixes = prefixesOf(own, steps);
  return all
    .filter(({ dict }) => dict !== chosen.dict && isCopy(shapesOf(dict, steps), own, prefixes, steps))
    .map(({ path }) => path);
}

/**
 * The lists of tensors without names that have most of the shapes of `chosen` in their order, as averages of
 * `model.parameters()` do.
 */
export function listsLike(
  chosen: StateDict,
  lists: readonly TensorList[],
  steps: Steps,
): readonly (EntryPath | undefined)[] {
  const own = [...shapesOf(chosen.dict, steps).values()];
  return lists
    .filter(({ tensors }) => 2 * tensors.length > own.length && tensors.length > 1 && isInOrder(tensors, own, steps))
    .map(({ path }) => path);
}

/** Whether the shapes of the tensors are among the others in that order. */
function isInOrder(tensors: readonly PyTensor[], shapes: readonly (readonly number[])[], steps: Steps): boolean {
  let next = 0;
  steps.spend(shapes.length);
  for (const shape of shapes) {
    const wanted = tensors[next]?.shape;
    if (wanted !== undefined && isSame(wanted, shape, steps)) next++;
  }
  return next === tensors.length;
}

function isSame(a: readonly number[], b: readonly number[], steps: Steps): boolean {
  if (a.length !== b.length) return false;
  steps.spend(a.length);
  return a.every((dim, axis) => dim === b[axis]);
}

function shapesOf({ entries }: PyDict, steps: Steps): Shapes {
  const shapes = new Map<string, readonly number[]>();
  steps.spend(entries.size);
  for (const [name, value] of entries) {
    if (typeof name !== "string" || name.length > MOST_LETTERS || !isTensor(value)) continue;
    if (value.shape.length > 0) shapes.set(name, value.shape);
  }
  return shapes;
}

/** By each ending of a name, what stands before it. */
function prefixesOf(shapes: Shapes, steps: Steps): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  for (const name of shapes.keys()) {
    for (const start of startsOf(name)) {
      steps.spend(1);
      if (!prefixes.has(name.slice(start))) prefixes.set(name.slice(start), name.slice(0, start));
    }
  }
  return prefixes;
}

function isCopy(shapes: Shapes, own: Shapes, prefixes: ReadonlyMap<string, string>, steps: Steps): boolean {
  for (const name of [...shapes.keys()].slice(0, MOST_TRIED)) {
    for (const start of startsOf(name)) {
      const before = prefixes.get(name.slice(start));
      if (before === undefined) continue;
      const same = countSame(shapes, own, { drop: name.slice(0, start), before }, steps);
      if (2 * same > Math.min(shapes.size, own.size)) return true;
    }
  }
  return false;
}

/** How many tensors are the same once `drop` is taken off their names and `before` put there. */
function countSame(
  shapes: Shapes,
  own: Shapes,
  { drop, before }: { readonly drop: string; readonly before: string },
  steps: Steps,
): number {
  let same = 0;
  for (const [name, shape] of shapes) {
    steps.spend(1);
    const other = name.startsWith(drop) ? own.get(before + name.slice(drop.length)) : undefined;
    if (other !== undefined && isSame(other, shape, steps)) same++;
  }
  return same;
}

/** Where the name starts, and where it goes on after each of its first dots. */
function startsOf(name: string): readonly number[] {
  const starts = [0];
  for (let dot = name.indexOf("."); dot >= 0 && starts.length <= MOST_PREFIX; dot = name.indexOf(".", dot + 1)) {
    starts.push(dot + 1);
  }
  return starts;
}
