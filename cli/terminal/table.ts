import type { Lines } from "../../src/base/text/lines.js";
import { printable } from "../../src/base/text/printable.js";

/** Rows of text as columns: numbers to the right, words to the left. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): Lines {
  // As they are printed, for columns are as wide as what is seen.
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : printable(cell))),
  );
  const widths = header.map((title, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]!.length), title.length),
  );
  const rightward = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (rightward[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [line(header), ...cells.map(line)];
}
