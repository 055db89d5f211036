/** Large numbers for people, in three digits. */
import { figureText } from "../../src/onnx/work/figures.js";

const PREFIXES = ["", "k", "M", "G", "T"] as const;
const LAST = PREFIXES.length - 1;

/** `1.23 GMACs`, and past all prefixes `about 1.2e18 MACs` */
export function scaled(value: number, unit: string): string {
  const power = Math.max(0, Math.floor(Math.log10(Math.max(value, 1)) / 3));
  if (power > LAST) return `${figureText(value)} ${unit}`;
  if (power === 0) return `${value} ${unit}`;
  const rounded = Number((value / 1000 ** power).toPrecision(3));
  if (rounded >= 1000 && power < LAST) return `1.00 ${PREFIXES[power + 1]}${unit}`;
  return `${rounded >= 1000 ? 1000 : (value / 1000 ** power).toPrecision(3)} ${PREFIXES[power]}${unit}`;
}

/** `1.23 MB` */
export function bytesText(bytes: number): string {
  return scaled(bytes, "B");
}
