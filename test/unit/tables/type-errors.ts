/** The compiler's word on the project with some files changed or added, none of them written to the disk. */
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Texts by path from the project's folder. */
export type Files = ReadonlyMap<string, string>;

export function projectFile(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** What knows the tables: the compile with all before it but files, the rules of `check`, and the tests that have tables of their own. */
export const KNOWING: readonly string[] = [
  ...["src/ir", "src/tiling", "src/passes", "src/frontends", "src/lowerings", "src/onnx/check"].flatMap((folder) =>
    ts.sys.readDirectory(join(ROOT, folder), [".ts"]).map((path) => fromRoot(path)),
  ),
  "src/compile.ts",
  "src/metadata.ts",
  "cli/commands/index.ts",
  "test/errors/onnx-rules.test.ts",
  "test/unit/layers.test.ts",
  "test/unit/ops/examples.ts",
  "test/property/all-layers/generators.ts",
];

function fromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join("/");
}

const OPTIONS: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, "test/tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    join(ROOT, "test"),
  ).options,
  declaration: false,
};

/** Of files that are as they are on the disk: each is parsed once. */
const PARSED = new Map<string, ts.SourceFile | undefined>();

/** Errors in the given files, and in those that were changed, by the file that they are in. */
export function typeErrors(changed: Files, files: readonly string[] = []): Readonly<Record<string, readonly string[]>> {
  const overlay = new Map([...changed].map(([path, text]) => [join(ROOT, path), text]));
  const roots = new Set([...files.map((path) => join(ROOT, path)), ...overlay.keys()]);
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, getSourceFile } = host;
  const program = ts.createProgram([...roots], OPTIONS, {
    ...host,
    readFile: (path) => overlay.get(join(path)) ?? readFile(path),
    fileExists: (path) => overlay.has(join(path)) || fileExists(path),
    getSourceFile(path, languageVersion) {
      const text = overlay.get(join(path));
      if (text !== undefined) return ts.createSourceFile(path, text, languageVersion);
      if (!PARSED.has(path)) PARSED.set(path, getSourceFile(path, languageVersion));
      return PARSED.get(path);
    },
  });
  const errors = [...roots].flatMap((path): readonly (readonly [string, readonly string[]])[] => {
    const file = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    if (found.length === 0) return [];
    return [[fromRoot(path), found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))]];
  });
  return Object.fromEntries(errors);
}
