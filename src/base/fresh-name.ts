/** A name that nothing has: the wanted one, or that with a number. From then on it is taken. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}#${n}`;
  taken.add(name);
  return name;
}
