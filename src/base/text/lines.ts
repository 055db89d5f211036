/**
 * Text for people, line by line. A name from a file that holds a line feed cannot begin a line of its own: whoever prints
 * lines escapes what is in them.
 */
import { printable, printableLine } from "./printable.js";

/** What words mean, for whoever has colours. */
export type Style = "error" | "warning" | "unchecked" | "strong" | "faint";

/** A piece of a line; a text alone has no style. */
export type Span = string | { readonly style: Style; readonly text: string };

export type Line = string | readonly Span[];
export type Lines = readonly Line[];

/** Paints a text by what it means. */
export type Paint = (style: Style, text: string) => string;

export function styled(style: Style, text: string): Span {
  return { style, text };
}

/** A line as it is printed, without its end. */
export function lineText(line: Line, paint: Paint = (_, text) => text): string {
  const spans = typeof line === "string" ? [line] : line;
  const plain = spans.map((span) => printable(typeof span === "string" ? span : span.text)).join("");
  const safe = printableLine(plain);
  // What would be taken for a command is shown without its colours.
  if (safe !== plain) return safe;
  return spans
    .map((span) => (typeof span === "string" ? printable(span) : paint(span.style, printable(span.text))))
    .join("");
}

/** All lines, each with its end, without empty ones at the end. */
export function linesText(lines: Lines, paint?: Paint): string {
  return `${lines
    .map((line) => lineText(line, paint))
    .join("\n")
    .trimEnd()}\n`;
}
