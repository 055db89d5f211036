/** How soon the program starts is decided by how much it loads. Counted, not timed: a count is the same on every machine. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { MAIN, runNode, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const HOOKS = new URL("../support/loaded-modules.mjs", import.meta.url).href;
const DIST = new URL("../", pathToFileURL(MAIN)).href;
/** The program before its modules are joined to few files. */
const MODULES_MAIN = fileURLToPath(new URL("cli-modules/main.js", DIST));
const folder = temporaryFolder();
afterAll(folder.remove);

/** The modules that a command line loads: files of the build, by their path in it, packages by their names, and Node's. */
const loadedBy = (...argv: readonly string[]): Promise<readonly string[]> => loadedFrom(MODULES_MAIN, argv);

async function loadedFrom(main: string, argv: readonly string[]): Promise<readonly string[]> {
  const list = folder.at("loaded");
  rmSync(list, { force: true });
  await runNode(["--import", HOOKS, main, ...argv], folder.path, { LOADED_MODULES: list });
  const addresses = readFileSync(list, "utf8").trim().split("\n");
  return addresses.map((url) => url.replace(DIST, "").replace(/^.*\/node_modules\//, ""));
}

const commandsIn = (loaded: readonly string[]): readonly string[] =>
  loaded
    .filter((path) => /^cli-modules\/commands\/[^/]+$/.test(path) && path !== "cli-modules/commands/index.js")
    .toSorted();
const packagesIn = (loaded: readonly string[]): ReadonlySet<string> =>
  new Set(loaded.filter((path) => !/^(cli-modules|src)\/|^node:/.test(path)).map((path) => path.split("/")[0]!));

it("the version alone loads nothing but itself", async () => {
  const expected = ["cli-modules/main.js", "src/base/version.js"];
  expect(await loadedBy("--version")).toEqual(expected);
  expect(await loadedBy("-V")).toEqual(expected);
});

it("a command loads its own file of all commands, and what it needs of the rest", async () => {
  const loaded = await loadedBy("check", "missing.onnx");
  expect(commandsIn(loaded)).toEqual(["cli-modules/commands/check.js"]);
  expect(packagesIn(loaded)).not.toContain("sharp");
});

it("a command of two words loads those that begin alike", async () => {
  expect(commandsIn(await loadedBy("queue", "--help"))).toEqual(["cli-modules/commands/queue.js"]);
});

it("help loads every command", async () => {
  expect(commandsIn(await loadedBy("--help")).length).toBeGreaterThan(10);
});

it.each([[["--help"]], [["compile", "--help"]], [["nonsense"]]])("%j loads nothing that works", async (argv) => {
  const loaded = await loadedBy(...argv);
  expect([...packagesIn(loaded)]).toEqual(["commander"]);
  expect(loaded.filter((path) => /^src\/(ir|passes|lowerings\/lowerings|onnx\/(graph|read|write))/.test(path))).toEqual(
    [],
  );
  expect(loaded.length).toBeLessThan(100);
});

it("the joined program reads few files, and no package but those that hold compiled libraries", async () => {
  expect((await loadedFrom(MAIN, ["--version"])).length).toBeLessThan(5);
  const model = fixture("oracle", "nsr-conv-basic", "weights.safetensors");
  const loaded = await loadedFrom(MAIN, ["import", model, "-o", folder.at("model.json")]);
  expect(loaded.filter((path) => path.startsWith("cli/")).length).toBeLessThan(100);
  expect(loaded.filter((path) => !/^cli\/|^node:/.test(path))).toEqual([]);
});

it("whatever the joined program starts as a worker or a process is a file beside it", () => {
  const started = /new URL\("\.\/([\w-]+\.js)", import\.meta\.url\)/g;
  const files = readdirSync(fileURLToPath(new URL("cli/", DIST)));
  const found = files.flatMap((file) =>
    [...readFileSync(fileURLToPath(new URL(`cli/${file}`, DIST)), "utf8").matchAll(started)].map(([, name]) => name!),
  );
  expect(new Set(found)).toEqual(new Set(["worker-node.js", "ticker-worker.js", "profile-wasm.js"]));
  expect(files).toEqual(expect.arrayContaining(found));
});
