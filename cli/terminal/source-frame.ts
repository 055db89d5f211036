/** Cuts the lines around a place out of a text, with a caret under the place. */

import { printable } from "../../src/base/text/printable.js";
import type { Colors } from "./colors.js";

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
  const content = lines[line - 1];
  if (content === undefined) return [];
  const start = content.length <= WIDTH ? 0 : Math.max(0, column - 1 - WIDTH / 2);
  const gutter = String(line).length;
  const row = (label: string, shown: string) => `${colors.dim(`${label.padStart(gutter)} |`)} ${shown}`;
  const before = lines.slice(Math.max(0, line - 1 - CONTEXT_LINES), line - 1);
  const caretAt = cut(content, start, column - 1).length;
  return [
    ...before.map((other, index) => row(String(line - before.length + index), cut(other, 0))),
    row(String(line), cut(content, start)),
    row("", `${" ".repeat(caretAt)}${colors.red("^")}`),
  ];
}

/** What is shown of a line from `start` up to `end`; a tab is shown as a space, so that the caret stands right. */
function cut(content: string, start: number, end = Number.POSITIVE_INFINITY): string {
  const shown = content.slice(start, Math.min(end, start + WIDTH)).replaceAll("\t", " ");
  const more = end > content.length && content.length > start + WIDTH;
  return `${start > 0 ? "…" : ""}${printable(shown)}${more ? "…" : ""}`;
}
