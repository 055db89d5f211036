/** As many names as a line holds, and how many more there are. */
const MOST = 5;

export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
