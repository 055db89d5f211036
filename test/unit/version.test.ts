/** One version, wherever it stands. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSION } from "../../src/base/version.js";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const readJson = (path: string) => JSON.parse(read(path));

it("is that of the package, its lockfile and what the program says", () => {
  const { version, packages } = readJson("package-lock.json");
  expect([readJson("package.json").version, version, packages[""].version]).toEqual([VERSION, VERSION, VERSION]);
});

it("is the newest of the changelog, which says what it brings", () => {
  const [, newest, text] = /^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(
    read("CHANGELOG.md"),
  )!;
  expect(newest).toBe(VERSION);
  expect(text!.length).toBeGreaterThan(100);
});

it("is the one that the examples ask for", () => {
  const examples = readdirSync(new URL("../../examples", import.meta.url), { withFileTypes: true });
  const asked = examples
    .filter((entry) => entry.isDirectory() && entry.name !== "fleet")
    .map(({ name }) => readJson(`examples/${name}/package.json`).dependencies.smxc);
  expect(asked.length).toBeGreaterThan(3);
  expect(new Set(asked)).toEqual(new Set([`^${VERSION}`]));
});
