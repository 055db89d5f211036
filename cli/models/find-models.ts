/** The model files that the arguments of a command name. */
import * as fs from "node:fs";
import { readlink, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { brokenLink, noMatch, noModels } from "./errors.js";

export interface FoundModels {
  /** As the user named them, folders' files below the folder's name; each once. */
  readonly files: readonly string[];
  /** Folders and patterns without a model, and links in or of them that lead nowhere. */
  readonly errors: readonly Diagnostic[];
}

const PATTERN = /[*?[\]{}]/;

/**
 * The files that arguments name: a file is itself, a folder stands for the `.onnx` files in and below it, and a
 * pattern (`models/**`, which some shells and npm scripts do not expand) for the files that match. An argument that is
 * neither a pattern nor an existing file is kept as a file, so that opening it says why it cannot be read.
 */
export async function findModels(named: readonly string[]): Promise<FoundModels> {
  const files = new Set<string>();
  const errors: Diagnostic[] = [];
  for (const name of named) {
    const { found, broken, nothing } = await modelsOf(name);
    if (found.length + broken.length === 0) errors.push(nothing(name));
    errors.push(...broken);
    for (const file of found) files.add(file);
  }
  return { files: [...files], errors };
}

interface Found {
  readonly found: readonly string[];
  readonly broken: readonly Diagnostic[];
  /** What is wrong where nothing is found. */
  readonly nothing: (name: string) => Diagnostic;
}

async function modelsOf(name: string): Promise<Found> {
  const there = await stat(name).catch(() => null);
  if (there?.isDirectory())
    return { ...(await matches("**/*.onnx", name, (file) => join(name, file))), nothing: noModels };
  if (there !== null || !PATTERN.test(name)) return { found: [name], broken: [], nothing: noModels };
  return { ...(await matches(asPattern(name), ".", (file) => file)), nothing: noMatch };
}

/** In a pattern a backslash takes a letter's meaning away; on Windows it divides folders. */
function asPattern(name: string): string {
  return process.platform === "win32" ? name.replaceAll("\\", "/") : name;
}

async function matches(
  pattern: string,
  cwd: string,
  named: (file: string) => string,
): Promise<Pick<Found, "found" | "broken">> {
  const { glob } = await import("tinyglobby");
  const options = { cwd, ignore: "**/node_modules/**", expandDirectories: false, fs: LINKS_AS_FILES };
  const broken = new Map<string, Diagnostic>();
  const ways = new Map<string, string>();
  // Each file by its shortest way: links of folders lead to files again, or around in a circle.
  for (const path of (await glob(pattern, options)).toSorted((a, b) => a.length - b.length)) {
    try {
      const real = await realpath(resolve(cwd, path));
      if (!ways.has(real)) ways.set(real, path);
    } catch (cause) {
      const target = await readlink(resolve(cwd, path)).catch(() => null);
      if (target === null) ways.set(path, path);
      else broken.set(path, brokenLink(named(path), target, cause as Error));
    }
  }
  return {
    found: [...ways.values()].toSorted().map(named),
    broken: [...broken.keys()].toSorted().map((path) => broken.get(path)!),
  };
}

/** For tinyglobby, which would leave them out, links that lead nowhere are files of their own. */
const LINKS_AS_FILES = {
  realpath: ((path: string, done: (cause: Error | null, real: string) => void) => {
    fs.realpath(path, (cause, real) => done(null, cause === null ? real : path));
  }) as typeof fs.realpath,
  stat: ((path: string, done: (cause: Error | null, found: fs.Stats) => void) => {
    fs.stat(path, (cause, found) => (cause === null ? done(null, found) : fs.lstat(path, done)));
  }) as typeof fs.stat,
};
