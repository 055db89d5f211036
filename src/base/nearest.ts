/**
 * The candidate that a misspelt name most likely means: the closest by Levenshtein distance, if it is close enough,
 * else the longest that begins the name or that the name begins (`kernel_size` for `kernel`).
 *
 * Names come from files, so the work is bounded: names of more than `LONGEST` letters are compared by `begins` only, and
 * once `MOST_CELLS` cells of distance tables are filled, the best so far is the answer. Thousands of names of ordinary
 * length stay far below that.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(name.length / 3)) + 1;
  let begun: string | undefined;
  let cells = 0;
  const rows: Rows = [new Uint16Array(LONGEST + 1), new Uint16Array(LONGEST + 1)];
  for (const candidate of candidates) {
    if (begins(candidate, name) && candidate.length > (begun?.length ?? 0)) begun = candidate;
    if (Math.max(name.length, candidate.length) > LONGEST || cells > MOST_CELLS) continue;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const found = editDistance(name, candidate, bestDistance - 1, rows);
    cells += found.cells;
    if (found.distance < bestDistance) {
      best = candidate;
      bestDistance = found.distance;
    }
  }
  return best ?? begun;
}

/** Nobody misspells a longer name; hostile files hold names of megabytes. */
const LONGEST = 400;

/** Some hundredths of a second. */
const MOST_CELLS = 1_000_000;

/** Fewer letters than these begin too much. */
const SHORTEST_BEGINNING = 3;

function begins(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= SHORTEST_BEGINNING && (a.startsWith(b) || b.startsWith(a));
}

interface Distance {
  /** Any number above `most` where it is more. */
  readonly distance: number;
  /** Cells of the table that were filled. */
  readonly cells: number;
}

/** Two rows of a table of distances, to be written over. */
type Rows = readonly [Uint16Array, Uint16Array];

/** More than any distance. */
const FAR = 2 * LONGEST;

/** The Levenshtein distance where it is at most `most`: only cells near the diagonal matter (Ukkonen 1985). */
function editDistance(a: string, b: string, most: number, [even, odd]: Rows): Distance {
  const start = commonStart(a, b);
  const end = commonEnd(a, b, start);
  const [rows, columns] = [a.length - start - end, b.length - start - end];
  for (let j = 0; j <= columns; j++) even[j] = j;
  let [previous, current] = [even, odd];
  let cells = start + end + columns;
  for (let i = 1; i <= rows; i++) {
    current.fill(FAR, 0, columns + 1);
    current[0] = i;
    let least = i;
    for (let j = Math.max(1, i - most); j <= Math.min(columns, i + most); j++) {
      const substitution = previous[j - 1]! + (a[start + i - 1] === b[start + j - 1] ? 0 : 1);
      const cell = Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution);
      current[j] = cell;
      least = Math.min(least, cell);
    }
    cells += columns + 1;
    if (least > most) return { distance: FAR, cells };
    [previous, current] = [current, previous];
  }
  return { distance: previous[columns]!, cells };
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++;
  return length;
}

/** Letters that both end with, beyond the `start` that they begin with. */
function commonEnd(a: string, b: string, start: number): number {
  let length = 0;
  const most = Math.min(a.length, b.length) - start;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
