/** The benchmarks import what is built, by its path: none of it may be gone. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const BENCH = new URL("bench/", ROOT);

/** Where what is built comes from, by the folder that it is built to. */
const SOURCES: Readonly<Record<string, string>> = { src: "src", "cli-modules": "cli" };

const scripts = readdirSync(BENCH).filter((name) => name.endsWith(".mjs"));

const imports = scripts.flatMap((script) =>
  [...readFileSync(new URL(script, BENCH), "utf8").matchAll(/"(src|cli[\w-]*)\/([\w/.-]+)\.js"/g)]
    .map(([, folder, path]) => [script, folder!, path!] as const)
    .filter(([, folder, path]) => `${folder}/${path}` !== "cli/main"),
);

it("finds what the scripts import", () => {
  expect(imports.length).toBeGreaterThan(20);
});

it.each(imports)("%s imports %s/%s, which is there", (_, folder, path) => {
  expect(SOURCES).toHaveProperty([folder]);
  expect(existsSync(new URL(`${SOURCES[folder]}/${path}.ts`, ROOT))).toBe(true);
});
