/** Names from files, made safe where they are shown: terminals, logs and pages would obey some of their characters. */

/**
 * Control and format characters: they move cursors, recolour terminals, end lines, or turn the direction of text; half
 * of a surrogate pair is no text at all.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What logs of GitHub Actions (`##[error]`) and Azure Pipelines (`##vso[task…]`) obey wherever it stands in a line. */
const LOG_COMMAND = /##(?=[A-Za-z]*\[)/g;

/** Where a line begins so, GitHub Actions obeys it: `::error::`, also behind spaces. */
const WORKFLOW_COMMAND = /^(\s*):(?=:)/;

/** A name with its control characters shown, as `\u001b`, instead of obeyed. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped).replace(LOG_COMMAND, "#\\u0023");
}

/** The same for a whole line, which a log may take for a command by its beginning. */
export function printableLine(line: string): string {
  return printable(line).replace(WORKFLOW_COMMAND, "$1\\u003a");
}

/** A JSON document that can be printed as it is: the same value, with all such characters written as `\uXXXX`. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE_IN_JSON, escapedUnits).replace(LOG_COMMAND, "#\\u0023");
}

/** The line feeds are those between the values: strings have none. */
const UNPRINTABLE_IN_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** JSON has escapes for UTF-16 units only. */
function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
