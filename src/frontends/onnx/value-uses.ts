/** Who gives and who reads the values of a graph. */
import type { GraphProto } from "../../onnx/graph/records.js";
import { namesRead } from "../../onnx/rewrite/names.js";

export interface ValueUses {
  /** The position of the node that gives a value; absent for inputs and initializers. */
  readonly givenBy: ReadonlyMap<string, number>;
  /** The positions of the nodes that read a value, sub-graphs of theirs included. */
  readonly readBy: ReadonlyMap<string, readonly number[]>;
  /** By position: the values that a node reads. */
  readonly reads: readonly ReadonlySet<string>[];
  /** The positions of the nodes that are run: all but those that only fed what is read as something else. */
  readonly needed: ReadonlySet<number>;
  /** The graph's outputs. */
  readonly shown: ReadonlySet<string>;
}

/** @param instead what a node reads, by position, where that is less than the source says */
export function valueUses(
  graph: GraphProto,
  instead: (index: number) => ReadonlySet<string> | undefined = () => undefined,
): ValueUses {
  const givenBy = new Map<string, number>();
  for (const [index, { output }] of graph.node.entries())
    for (const name of output) if (name !== "") givenBy.set(name, index);
  const said = graph.node.map(namesRead);
  const shown = new Set(graph.output.map(({ name = "" }) => name));
  const reads = said.map((names, index) => instead(index) ?? names);
  const needed = neededOf(givenBy, said, reads, shown);
  const readBy = new Map<string, number[]>();
  for (const [index, names] of reads.entries()) {
    if (!needed.has(index)) continue;
    for (const name of names) {
      const readers = readBy.get(name);
      if (readers === undefined) readBy.set(name, [index]);
      else readers.push(index);
    }
  }
  return { givenBy, readBy, reads, needed, shown };
}

/** The nodes that outputs depend on, and those of which nobody ever read anything: the source has them all the same. */
function neededOf(
  givenBy: ReadonlyMap<string, number>,
  said: readonly ReadonlySet<string>[],
  reads: readonly ReadonlySet<string>[],
  shown: ReadonlySet<string>,
): ReadonlySet<number> {
  const everRead = new Set<number>();
  for (const names of said) for (const name of names) everRead.add(givenBy.get(name) ?? -1);
  const open = said.flatMap((_, index) => (everRead.has(index) ? [] : [index]));
  for (const name of shown) open.push(givenBy.get(name) ?? -1);
  const needed = new Set<number>();
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index < 0 || needed.has(index)) continue;
    needed.add(index);
    for (const name of reads[index]!) open.push(givenBy.get(name) ?? -1);
  }
  return needed;
}

/** Positions of the nodes that outputs depend on, and of those of which nobody ever read anything. */
export function neededNodes(
  graph: GraphProto,
  instead: (index: number) => ReadonlySet<string> | undefined,
): ReadonlySet<number> {
  const said = graph.node.map(namesRead);
  const givenBy = new Map(graph.node.flatMap(({ output }, index) => output.map((name) => [name, index] as const)));
  const shown = new Set(graph.output.map(({ name = "" }) => name));
  return neededOf(
    givenBy,
    said,
    said.map((names, index) => instead(index) ?? names),
    shown,
  );
}
