/** How soon the program starts is decided by how much it loads. Counted, not timed: a count is the same on every machine. */
import { readFileSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { MAIN, runNode, temporaryFolder } from "../support/cli.js";

const HOOKS = new URL("../support/loaded-modules.mjs", import.meta.url).href;
const DIST = new URL("../", pathToFileURL(MAIN)).href;
const folder = temporaryFolder();
afterAll(folder.remove);

/** The modules that a command line loads: files of the build, by their path in it, packages by their names, and Node's. */
async function loadedBy(...argv: readonly string[]): Promise<readonly string[]> {
  const list = folder.at("loaded");
  rmSync(list, { force: true });
  await runNode(["--import", HOOKS, MAIN, ...argv], folder.path, { LOADED_MODULES: list });
  const addresses = readFileSync(list, "utf8").trim().split("\n");
  return addresses.map((url) => url.replace(DIST, "").replace(/^.*\/node_modules\//, ""));
}

const commandsIn = (loaded: readonly string[]): readonly string[] =>
  loaded.filter((path) => /^cli\/commands\/[^/]+$/.test(path) && path !== "cli/commands/index.js").toSorted();
const packagesIn = (loaded: readonly string[]): ReadonlySet<string> =>
  new Set(loaded.filter((path) => !/^(cli|src)\/|^node:/.test(path)).map((path) => path.split("/")[0]!));

it("the version alone loads nothing but itself", async () => {
  const expected = ["cli/main.js", "src/base/version.js"];
  expect(await loadedBy("--version")).toEqual(expected);
  expect(await loadedBy("-V")).toEqual(expected);
});

it("a command loads its own file of all commands, and what it needs of the rest", async () => {
  const loaded = await loadedBy("check", "missing.onnx");
  expect(commandsIn(loaded)).toEqual(["cli/commands/check.js"]);
  expect(packagesIn(loaded)).not.toContain("sharp");
});

it("a command of two words loads those that begin alike", async () => {
  expect(commandsIn(await loadedBy("queue", "--help"))).toEqual(["cli/commands/queue.js"]);
});

it("help loads every command, and nothing that works", async () => {
  const loaded = await loadedBy("--help");
  expect(commandsIn(loaded).length).toBeGreaterThan(10);
  expect([...packagesIn(loaded)]).toEqual(["commander"]);
  expect(loaded.filter((path) => /^src\/(ir|passes|lowerings\/lowerings|onnx\/(graph|read|write))/.test(path))).toEqual(
    [],
  );
  expect(loaded.length).toBeLessThan(100);
});
