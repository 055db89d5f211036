/** THIRD-PARTY-LICENSES.md names what the built page and program are made of and what an installation brings: run the build first. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runNode } from "../support/cli.js";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(at(path), "utf8");
const LICENSES = read("THIRD-PARTY-LICENSES.md");
/** Folders of the packages of which the bundler put modules into the page or its workers, and into the program. */
const [PAGE, PROGRAM] = ["page", "program"].map((part): readonly string[] =>
  JSON.parse(read(`dist/${part}-packages.json`)),
) as [readonly string[], readonly string[]];
const named = (folders: readonly string[]) => folders.map((folder) => folder.replace(/^.*node_modules\//, ""));

it("is what scripts/generate-licenses.mjs writes of this build and this lockfile", async () => {
  const script = fileURLToPath(at("scripts/generate-licenses.mjs"));
  const { code, stdout, stderr } = await runNode([script, "--print"], ".");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(LICENSES, "write it anew: node scripts/generate-licenses.mjs").toBe(stdout);
});

it("has the licence's text of every package in the page and the program", () => {
  // What the page needs of others: documents, graphs, and the runtime of its workers; the program has its flags by one.
  expect(named(PAGE)).toEqual(expect.arrayContaining(["zod", "protobufjs", "onnxruntime-web"]));
  expect(named(PROGRAM)).toEqual(expect.arrayContaining(["zod", "protobufjs", "commander"]));
  for (const folder of new Set([...PAGE, ...PROGRAM])) {
    const { name, version, license } = JSON.parse(read(`${folder}/package.json`));
    const [, entry] = LICENSES.split(`### ${name} ${version} (${license})\n`);
    const text = /^```text\n([\s\S]*?)\n```$/m.exec(entry ?? "")?.[1] ?? "";
    expect(text, `the licence of ${name}`).toMatch(/copyright/i);
    expect(text.length).toBeGreaterThan(500);
  }
});

it("names what npm installs beside the package, libvips and its licence included", () => {
  const { dependencies, optionalDependencies } = JSON.parse(read("package.json"));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
    expect(LICENSES).toContain(`| ${name} | `);
  expect(LICENSES).toMatch(/^\| @img\/sharp-libvips-linux-x64 \| [\d.]+ \| LGPL-3\.0-or-later \| optional \|$/m);
});

it("lies beside the page, which may be hosted without the package", () => {
  expect(read("dist/web/licenses.txt")).toBe(LICENSES);
  expect(read("dist/web/index.html")).toContain('href="licenses.txt"');
});
