/** A name that nothing has, from then on taken. */
export function fresh(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}#${n}`;
  taken.add(name);
  return name;
}
