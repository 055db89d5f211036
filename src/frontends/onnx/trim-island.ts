/** The part of an island that is worth taking. */
import type { Island } from "./islands.js";
import type { ValueUses } from "./value-uses.js";

/**
 * What lies between nodes that gain: they themselves, and what is on a way from one to another. To it come nodes behind
 * that `joins` lets in and that read nothing else, and nodes in front that `vanishes` names and that nobody else reads. The
 * rest of the island stays in the source as it is.
 */
export function trimIsland(
  island: Island,
  gains: ReadonlySet<number>,
  uses: ValueUses,
  joins: (index: number) => boolean,
  vanishes: (index: number) => boolean,
): Island {
  const members = new Set(island);
  const giversOf = (index: number): readonly number[] =>
    [...uses.reads[index]!].flatMap((name) => {
      const giver = uses.givenBy.get(name);
      return giver !== undefined && members.has(giver) ? [giver] : [];
    });
  const behind = new Set<number>();
  for (const index of island)
    if (gains.has(index) || giversOf(index).some((giver) => behind.has(giver))) behind.add(index);
  const before = new Set<number>();
  for (const index of island.toReversed()) {
    if (gains.has(index)) before.add(index);
    if (before.has(index)) for (const giver of giversOf(index)) before.add(giver);
  }
  const kept = new Set(island.filter((index) => behind.has(index) && before.has(index)));
  for (const index of island) {
    const reads = [...uses.reads[index]!];
    const readsKept = reads.length > 0 && reads.every((name) => kept.has(uses.givenBy.get(name) ?? -1));
    if (readsKept && joins(index)) kept.add(index);
  }
  const given = new Map<number, string[]>();
  for (const [name, index] of uses.givenBy) given.set(index, [...(given.get(index) ?? []), name]);
  const leadsToKept = (index: number): boolean => {
    const names = given.get(index) ?? [];
    const readers = names.flatMap((name) => uses.readBy.get(name) ?? []);
    return (
      readers.length > 0 && readers.every((reader) => kept.has(reader)) && !names.some((name) => uses.shown.has(name))
    );
  };
  for (const index of island.toReversed()) if (vanishes(index) && leadsToKept(index)) kept.add(index);
  return island.filter((index) => kept.has(index));
}
