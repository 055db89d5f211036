const MOST_NAMES = 5;
const MOST_LETTERS = 80;

/** At most five names, shortened, and how many more there are. */
export function quotedSample(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST_NAMES)
    .map((name) => `"${name.length <= MOST_LETTERS ? name : `${name.slice(0, MOST_LETTERS - 1)}…`}"`);
  return `${shown.join(", ")}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ""}`;
}
