/** Cuts the lines around a place out of a text, with a caret under the place. */
import type { Colors } from "./colors.js";
import { printable } from "./printable.js";

const CONTEXT_LINES = 1;
/** Documents may be one line of a megabyte: only this much of a line is shown. */
const WIDTH = 100;

/**
 * @param line 1-based
 * @param column 1-based, in UTF-16 units
 * @returns lines to print, or none when the text has no such line
 */
export function sourceFrame(text: string, line: number, column: number, colors: Colors): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (line < 1 || line > lines.length) return [];
  const first = Math.max(1, line - CONTEXT_LINES);
  const gutter = String(line).length;
  const start = Math.max(0, column - 1 - Math.floor(WIDTH / 2));
  const rows = lines.slice(first - 1, line).map((content, index) => {
    const number = String(first + index).padStart(gutter);
    return colors.dim(`${number} | `) + window(content, start);
  });
  const caretAt = window(lines[line - 1]!, start, column - 1).length;
  return [...rows, `${colors.dim(`${" ".repeat(gutter)} | `)}${" ".repeat(caretAt)}${colors.red("^")}`];
}

/** What is shown of a line up to `end`; the tab is a space, so that the caret stands right. */
function window(content: string, start: number, end = start + WIDTH): string {
  const cut = content.slice(start, Math.min(end, start + WIDTH)).replaceAll("\t", " ");
  return `${start > 0 ? "…" : ""}${printable(cut)}`;
}
