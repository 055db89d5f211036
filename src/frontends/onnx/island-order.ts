/** Whether islands can run in one piece each. */
import type { Island } from "./islands.js";
import type { ValueUses } from "./value-uses.js";

/** Whether no way out of an island leads back into it, past nodes outside and other islands. */
export function canRunWhole(islands: readonly Island[], { reads, givenBy }: ValueUses): boolean {
  const groups = reads.map((_, index) => index);
  for (const island of islands) for (const index of island) groups[index] = island[0]!;
  const readers = new Map<number, Set<number>>();
  const missing = new Map<number, number>(groups.map((group) => [group, 0]));
  for (const [index, names] of reads.entries()) {
    const reader = groups[index]!;
    for (const name of names) {
      const giver = groups[givenBy.get(name) ?? index]!;
      const known = readers.get(giver) ?? new Set();
      if (giver === reader || known.has(reader)) continue;
      readers.set(giver, known.add(reader));
      missing.set(reader, missing.get(reader)! + 1);
    }
  }
  const ready = [...missing].flatMap(([group, count]) => (count === 0 ? [group] : []));
  let run = 0;
  for (let group = ready.pop(); group !== undefined; group = ready.pop()) {
    run++;
    for (const reader of readers.get(group) ?? []) {
      const count = missing.get(reader)! - 1;
      missing.set(reader, count);
      if (count === 0) ready.push(reader);
    }
  }
  return run === missing.size;
}
