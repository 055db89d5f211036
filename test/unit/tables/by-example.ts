/** The additions that docs/contributing/by-example.md shows, as files. */
import { blocksOf, pageText } from "../../support/pages.js";
import { type Files, projectFile } from "./type-errors.js";

/** Its blocks: ```ts <file> is a new file, ```diff <file> a change of one. */
export function exampleFiles(): Files {
  const changed = new Map<string, string>();
  for (const { language, note: path, text } of blocksOf(pageText("docs/contributing/by-example.md"))) {
    if (language === "ts") changed.set(path, text);
    if (language === "diff") changed.set(path, patched(path, changed.get(path) ?? projectFile(path), text));
  }
  return changed;
}

/** A text with one place of it changed. Imports that are added stand first in the block, and go to the top. */
function patched(path: string, text: string, block: string): string {
  const lines = block.trimEnd().split("\n");
  const imports = lines.filter((line) => line.startsWith("+import"));
  const place = lines.slice(imports.length);
  const side = (other: string): string =>
    place
      .filter((line) => !line.startsWith(other))
      .map((line) => line.slice(1))
      .join("\n");
  const before = side("+");
  if (text.split(before).length !== 2) throw new Error(`${path} does not hold ${JSON.stringify(before)} once`);
  return imports.map((line) => `${line.slice(1)}\n`).join("") + text.replace(before, () => side("-"));
}
