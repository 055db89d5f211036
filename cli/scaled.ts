/** Large numbers for people, in three digits. */

const PREFIXES = ["", "k", "M", "G", "T"] as const;

/** `1.23 GMACs` */
export function scaled(value: number, unit: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), PREFIXES.length - 1);
  const number = power === 0 ? String(value) : (value / 1000 ** power).toPrecision(3);
  return `${number} ${PREFIXES[power]}${unit}`;
}

/** `1.23 MB` */
export function bytesText(bytes: number): string {
  return scaled(bytes, "B");
}
