/** What would be reported many times, equal but for a name, reported once. */

/** So many of a kind are shown one by one. */
const TOLD_SINGLY = 3;
/** So many names of the others stand in a list. */
const LISTED = 8;

export interface Kind<T> {
  readonly first: T;
  /** What is shown with the first, in its place. */
  readonly others: readonly T[];
}

/** Items in their order; of those with one key that are more than a few, the first stands for all. */
export function gatherAlike<T>(items: readonly T[], keyOf: (item: T) => string): readonly Kind<T>[] {
  const keys = items.map(keyOf);
  const kinds = new Map<string, T[]>();
  for (const [index, key] of keys.entries()) {
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, [items[index]!]);
    else kind.push(items[index]!);
  }
  return items.flatMap((item, index) => {
    const kind = kinds.get(keys[index]!)!;
    if (kind.length <= TOLD_SINGLY) return [{ first: item, others: [] }];
    return kind[0] === item ? [{ first: item, others: kind.slice(1) }] : [];
  });
}

/** A message without the names in it: those in quotes, and those that are given. */
export function withoutNames(message: string, ...names: readonly (string | undefined)[]): string {
  const unquoted = message.replace(QUOTED, '""');
  return names.reduce<string>((text, name) => (name ? text.replaceAll(name, '""') : text), unquoted);
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** The names in quotes in a message, as they are written there. */
export function namesIn(message: string): readonly string[] {
  return message.match(QUOTED) ?? [];
}

/** `a, b, c … and 29 more` */
export function listText(names: readonly string[], most = LISTED): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} … and ${names.length - most} more` : shown;
}
