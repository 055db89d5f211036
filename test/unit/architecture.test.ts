/** Who may import whom: what ARCHITECTURE.md promises of the folders of `src`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { LOWERINGS } from "../../src/lowerings/lowerings.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

interface Import {
  /** Of the importing file, from `src`. */
  readonly file: string;
  /** A file from `src`, or a package's name. */
  readonly from: string;
  readonly typeOnly: boolean;
}

const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => path.split(sep).join("/"));

const IMPORTS: readonly Import[] = FILES.flatMap((file) => {
  const text = readFileSync(join(SRC, file), "utf8");
  const statements = text.matchAll(/^\s*(?:import|export)\b(\s+type\b)?[^;"]*?from\s+"([^"]+)"/gm);
  const sideEffects = text.matchAll(/\b(?:import|require)\s*\(?\s*"([^"]+)"/g);
  const found = [
    ...[...statements].map(([, type, from]) => ({ from: from!, typeOnly: type !== undefined })),
    ...[...sideEffects].map(([, from]) => ({ from: from!, typeOnly: false })),
  ];
  return found.map(({ from, typeOnly }) => {
    const path = from.startsWith(".")
      ? relative(SRC, join(SRC, dirname(file), from))
          .split(sep)
          .join("/")
      : from;
    return { file, from: path, typeOnly };
  });
});

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

/**
 * The folders of `src`, and the files beside them, in their order: each imports only what stands before it, types
 * included.
 */
const ORDER = [
  "base",
  "tensors",
  "ir",
  "files",
  "onnx",
  "tiling",
  "passes",
  "frontends",
  "lowerings",
  "compile-options.ts",
  "metadata.ts",
  "open-model.ts",
  "compile.ts",
  "sessions",
  "pictures",
  "verify",
  "fold",
  "restore",
  "eval",
  "routes",
  "inspect",
  "bench",
  "api.ts",
  "index.ts",
  "runtime",
] as const;

const placeOf = (path: string): number =>
  ORDER.indexOf(path.split("/")[0]!.replace(/\.js$/, ".ts") as (typeof ORDER)[number]);

it("every folder of src has its place in the order", () => {
  expect([...new Set(FILES.map((file) => file.split("/")[0]!))].sort()).toEqual([...ORDER].sort());
});

it.each(ORDER)("%s imports only what stands before it", (folder) => {
  const inside = IMPORTS.filter(({ file }) => file.split("/")[0] === folder);
  const later = inside.filter(({ from }) => placeOf(from) > ORDER.indexOf(folder));
  expect(shown(later)).toEqual([]);
});

it.each([
  ["ir", "onnx"],
  ["onnx", "ir"],
  ["passes", "onnx"],
  ["frontends", "onnx"],
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

it("onnx-proto, and protobufjs behind it, only write: what strangers made is never read with them", () => {
  expect(shown(IMPORTS.filter((each) => each.from.startsWith("protobufjs")))).toEqual([]);
  const users = IMPORTS.filter((each) => each.from === "onnx-proto").map(({ file }) => file);
  expect(users.length).toBeGreaterThan(0);
  for (const file of users) {
    const text = readFileSync(join(SRC, file), "utf8");
    expect([file, /\.(decode|decodeDelimited|fromObject|verify)\(|Reader\b/.test(text)]).toEqual([file, false]);
  }
});

it("src does not import the command line", () => {
  expect(shown(IMPORTS.filter((each) => each.from.startsWith("../")))).toEqual([]);
});

it("the names that --lowering takes are those of the table", () => {
  expect([...LOWERING_NAMES].sort()).toEqual(LOWERINGS.map(({ name }) => name).sort());
});
