/** Numbers in the names of tensors, such as those of blocks. */

/** Missing numbers in a row that are listed one by one; a name with a number far beyond the others is one too many. */
const MOST_MISSING = 16;

/**
 * The last of the numbers in names before the first great gap, so that what is counted by it is no more than the names
 * allow.
 *
 * @param pattern its first group is the number
 * @param before what comes before the first number: 0 where they begin with 1. It is returned where no name has a number.
 */
export function lastIndex(names: readonly string[], pattern: RegExp, before = -1): number {
  const indices = new Set<number>();
  for (const name of names) {
    const match = pattern.exec(name);
    if (match) indices.add(Number(match[1]));
  }
  let last = before;
  for (const index of [...indices].sort((a, b) => a - b)) {
    if (index > last + MOST_MISSING + 1) break;
    last = Math.max(last, index);
  }
  return last;
}
