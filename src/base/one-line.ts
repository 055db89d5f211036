/** Texts of libraries, for messages. */

/** The first line. */
export function firstLine(text: string): string {
  return text.split("\n")[0]!;
}

/** All lines as one. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
}
