/** What is kept of a finding: the input, and beside it what it did. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

/** @returns what a person reads */
export function keepFinding(folder, ending, input, what) {
  const path = `${folder}/${createHash("sha256").update(input).digest("hex").slice(0, 12)}${ending}`;
  writeFileSync(path, input);
  writeFileSync(`${path}.txt`, `${what}\n`);
  return `${path}: ${what}`;
}

/** The same defect, most probably: where it was thrown. */
export function placeOf(cause) {
  const { name = "", message = "", stack = "" } = cause instanceof Error ? cause : { message: String(cause) };
  const [first = message.split("\n")[0]] = stack.split("\n").filter((line) => /^\s+at .*\/dist\//.test(line));
  return `${name} ${cause?.finding ?? ""} ${first.trim().replaceAll(/"[^"]*"|[\d.]+/g, "")}`;
}

/** Not an error of the code itself, but of what it gave. */
export class Wrong extends Error {
  name = "Wrong";

  /** @param finding what all of its kind have in common */
  constructor(finding, message) {
    super(`${finding}: ${message}`);
    this.finding = finding;
  }
}
