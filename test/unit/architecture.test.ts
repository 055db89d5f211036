/** Who may import whom: what ARCHITECTURE.md promises of the folders of `src` and `cli`. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { LOWERINGS } from "../../src/lowerings/lowerings.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));
const CLI = fileURLToPath(new URL("../../cli", import.meta.url));

interface Import {
  /** Of the importing file, from the root of its tree. */
  readonly file: string;
  /** A file from the same root, or a package's name. */
  readonly from: string;
  readonly typeOnly: boolean;
}

const FILES = filesOf(SRC);
const IMPORTS = importsOf(SRC);
const CLI_FILES = filesOf(CLI);
const CLI_IMPORTS = importsOf(CLI);

function filesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => path.split(sep).join("/"));
}

function importsOf(root: string): readonly Import[] {
  return filesOf(root).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const statements = text.matchAll(/^\s*(?:import|export)\b(\s+type\b)?[^;"]*?from\s+"([^"]+)"/gm);
    const sideEffects = text.matchAll(/\b(?:import|require)\s*\(?\s*"([^"]+)"/g);
    const found = [
      ...[...statements].map(([, type, from]) => ({ from: from!, typeOnly: type !== undefined })),
      ...[...sideEffects].map(([, from]) => ({ from: from!, typeOnly: false })),
    ];
    return found.map(({ from, typeOnly }) => {
      const path = from.startsWith(".")
        ? relative(root, join(root, dirname(file), from))
            .split(sep)
            .join("/")
        : from;
      return { file, from: path, typeOnly };
    });
  });
}

const shown = (imports: readonly Import[]) => imports.map(({ file, from }) => `${file} imports ${from}`);

const NODE_MODULES = new Set([
  "fs",
  "path",
  "url",
  "crypto",
  "os",
  "stream",
  "buffer",
  "child_process",
  "process",
  "util",
  "zlib",
  "module",
]);

it("sees the imports", () => {
  expect(FILES.length).toBeGreaterThan(100);
  expect(shown(IMPORTS)).toContain("compile.ts imports frontends/document/build.js");
  expect(shown(IMPORTS)).toContain("base/bytes/file-source-node.ts imports node:fs/promises");
});

it("src runs in a browser: only files whose names say node import Node's modules, and nothing else imports those", () => {
  const browser = IMPORTS.filter(({ file }) => !file.endsWith("-node.ts"));
  const node = (name: string) =>
    name.startsWith("node:") || NODE_MODULES.has(name.split("/")[0]!) || name.endsWith("-node.js");
  expect(shown(browser.filter((each) => node(each.from)))).toEqual([]);
});

it("onnxruntime-node and sharp are loaded only when a graph is run or a picture read", () => {
  const eager = readEagerly("onnxruntime-node", "sharp");
  expect(shown(eager)).toEqual([]);
});

function readEagerly(...packages: readonly string[]): readonly Import[] {
  return IMPORTS.filter(({ file, from, typeOnly }) => {
    if (typeOnly || !packages.includes(from)) return false;
    return new RegExp(`^(import|export)\\b(?!\\s+type\\b)[^;"]*"${from}"`, "m").test(
      readFileSync(join(SRC, file), "utf8"),
    );
  });
}

interface Layer {
  readonly layer: string;
  /** Names of folders and files, and what they are. */
  readonly parts: Readonly<Record<string, string>>;
}

/** The folders of `src` and `cli`, and the files beside them, in layers. */
const LAYERS: Readonly<Record<"src" | "cli", readonly Layer[]>> = JSON.parse(
  readFileSync(new URL("../../docs/architecture.json", import.meta.url), "utf8"),
);

const partsOf = (tree: "src" | "cli"): readonly string[] => LAYERS[tree].flatMap(({ parts }) => Object.keys(parts));

/** In their order: each imports only what stands before it, types included. */
const ORDER = partsOf("src");

/** Likewise of `cli`: all of it may import `src`, nothing but the entries on top imports a command. */
const CLI_ORDER = partsOf("cli");

it("is drawn as it is", () => {
  const script = fileURLToPath(new URL("../../scripts/draw-architecture.mjs", import.meta.url));
  const drawn = execFileSync(process.execPath, [script, "--print"], { encoding: "utf8" });
  const picture = readFileSync(new URL("../../docs/architecture.svg", import.meta.url), "utf8");
  expect(picture, "node scripts/draw-architecture.mjs").toBe(drawn);
});

const topOf = (path: string): string => path.split("/")[0]!.replace(/\.js$/, ".ts");

it.each([
  ["src", FILES, ORDER],
  ["cli", CLI_FILES, CLI_ORDER],
])("every folder of %s has its place in the order", (_, files, order) => {
  expect([...new Set(files.map(topOf))].sort()).toEqual([...order].sort());
});

it.each([
  ...ORDER.map((folder) => ["src", folder, IMPORTS, ORDER] as const),
  ...CLI_ORDER.map((folder) => ["cli", folder, CLI_IMPORTS, CLI_ORDER] as const),
])("%s/%s imports only what stands before it", (_, folder, imports, order) => {
  const inside = imports.filter(({ file }) => topOf(file) === folder);
  const later = inside.filter(({ from }) => order.indexOf(topOf(from)) > order.indexOf(folder));
  expect(inside.length).toBeGreaterThan(0);
  expect(shown(later)).toEqual([]);
});

it("what a command has in a folder of its own is imported by that command alone", () => {
  const owned = CLI_IMPORTS.map((each) => ({ ...each, owner: /^(commands\/[^/]+)\//.exec(each.from)?.[1] }));
  const users = owned.filter(({ owner }) => owner !== undefined);
  expect(users.length).toBeGreaterThan(10);
  expect(shown(users.filter(({ file, owner }) => file !== `${owner}.ts` && !file.startsWith(`${owner}/`)))).toEqual([]);
});

it("cli loads commander where a command line is parsed, and of the rest of the repository src alone", () => {
  const users = CLI_IMPORTS.filter(({ from }) => from === "commander").map(({ file }) => file);
  expect(users.filter((file) => !file.startsWith("flags/") && file !== "program.ts")).toEqual([]);
  expect(shown(CLI_IMPORTS.filter(({ from }) => from.startsWith("../") && !from.startsWith("../src/")))).toEqual([]);
});

type Edge = readonly [from: string, to: string];

/** The imports within `src`, as files, types and dynamic imports included. */
const EDGES: readonly Edge[] = IMPORTS.map(({ file, from }): Edge => [file, from.replace(/\.js$/, ".ts")]).filter(
  ([, to]) => FILES.includes(to),
);

/** What leads back to itself. */
function inCycles(edges: readonly Edge[]): readonly string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reachable = (start: string): ReadonlySet<string> => {
    const seen = new Set(next.get(start));
    for (const name of seen) for (const other of next.get(name) ?? []) seen.add(other);
    return seen;
  };
  return [...next.keys()].filter((name) => reachable(name).has(name)).sort();
}

it("finds cycles", () => {
  const edges: readonly Edge[] = [
    ["a", "b"],
    ["b", "c"],
    ["c", "a"],
    ["d", "a"],
    ["e", "e"],
  ];
  expect(inCycles(edges)).toEqual(["a", "b", "c", "e"]);
  expect(EDGES.length).toBeGreaterThan(FILES.length);
});

it("no file imports itself, over whatever others, types included", () => {
  expect(inCycles(EDGES)).toEqual([]);
});

it("of the folders within one folder, none imports itself over others", () => {
  const parents = new Set(
    FILES.flatMap((file) => file.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"))),
  );
  for (const parent of parents) {
    const childOf = (file: string): string | undefined => {
      if (parent !== "" && !file.startsWith(`${parent}/`)) return undefined;
      const rest = file.slice(parent === "" ? 0 : parent.length + 1).split("/");
      return rest.length > 1 ? rest[0] : undefined;
    };
    const between = EDGES.flatMap(([from, to]): readonly Edge[] => {
      const [a, b] = [childOf(from), childOf(to)];
      return a === undefined || b === undefined || a === b ? [] : [[a, b]];
    });
    expect([parent, inCycles(between)]).toEqual([parent, []]);
  }
});

it.each([
  ["ir", "onnx"],
  ["onnx", "ir"],
  ["passes", "onnx"],
  ["frontends/document", "onnx"],
  ["frontends/checkpoints", "onnx"],
])("%s and what it imports knows nothing of %s", (folder, stranger) => {
  const seen = new Set(FILES.filter((file) => file.startsWith(`${folder}/`)));
  for (const file of seen) {
    for (const { from: path } of IMPORTS.filter((each) => each.file === file)) {
      const source = path.replace(/\.js$/, ".ts");
      if (FILES.includes(source)) seen.add(source);
    }
  }
  expect([...seen].filter((file) => file.startsWith(`${stranger}/`))).toEqual([]);
});

it("protobuf and ONNX Runtime are known to the folders that speak with them only", () => {
  const users = (name: RegExp) =>
    new Set(IMPORTS.filter((each) => name.test(each.from)).map(({ file }) => file.split("/")[0]));
  expect([...users(/^(onnx-proto|protobufjs)/)]).toEqual(["onnx"]);
  expect([...users(/^onnxruntime/)]).toEqual(["sessions"]);
});

it("protobufjs writes, onnx-proto converts: what strangers made is never read with them", () => {
  const users = (name: RegExp) => IMPORTS.filter((each) => name.test(each.from)).map(({ file }) => file);
  expect(users(/^protobufjs/)).toEqual(["onnx/write/rope-writer.ts"]);
  const converting = "onnx/onnx-proto.ts";
  expect(users(/^onnx-proto$/)).toEqual([converting]);
  for (const file of [...users(/^protobufjs/), ...users(/^onnx-proto$/)]) {
    const text = readFileSync(join(SRC, file), "utf8");
    const readers = [...text.matchAll(/\b\w+\.(?:decode|decodeDelimited|fromObject|verify)\([^;]*;|Reader\b/g)];
    // What it decodes was written a moment before, by this package.
    const own = file === converting ? ["ModelProto.decode(await collect(encodeModel(model).model));"] : [];
    expect([file, readers.map(([found]) => found)]).toEqual([file, own]);
  }
});

it("src does not import the command line", () => {
  expect(shown(IMPORTS.filter((each) => each.from.startsWith("../")))).toEqual([]);
});

it("the names that --lowering takes are those of the table", () => {
  expect([...LOWERING_NAMES].sort()).toEqual(LOWERINGS.map(({ name }) => name).sort());
});
