/** The model files that the arguments of a command name. */
import { realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { noMatch, noModels } from "./errors.js";

export interface FoundModels {
  /** As the user named them, folders' files below the folder's name; each once. */
  readonly files: readonly string[];
  /** Folders and patterns without a model. */
  readonly errors: readonly Diagnostic[];
}

const PATTERN = /[*?[\]{}]/;

/**
 * Files stand for themselves, folders for the `.onnx` files in and below them, and patterns (`models/**`, which some
 * shells and npm scripts leave alone) for the files that match. What is neither there nor a pattern is kept as a file:
 * opening it says why it cannot be read.
 */
export async function findModels(named: readonly string[]): Promise<FoundModels> {
  const files = new Set<string>();
  const errors: Diagnostic[] = [];
  for (const name of named) {
    const { found, nothing } = await modelsOf(name);
    if (found.length === 0) errors.push(nothing(name));
    for (const file of found) files.add(file);
  }
  return { files: [...files], errors };
}

interface Found {
  readonly found: readonly string[];
  /** What is wrong where nothing is found. */
  readonly nothing: (name: string) => Diagnostic;
}

async function modelsOf(name: string): Promise<Found> {
  const there = await stat(name).catch(() => null);
  if (there?.isDirectory()) {
    const found = await matches("**/*.onnx", name);
    return { found: found.map((file) => join(name, file)), nothing: noModels };
  }
  if (there !== null || !PATTERN.test(name)) return { found: [name], nothing: noModels };
  return { found: await matches(asPattern(name), "."), nothing: noMatch };
}

/** In a pattern a backslash takes a letter's meaning away; on Windows it divides folders. */
function asPattern(name: string): string {
  return process.platform === "win32" ? name.replaceAll("\\", "/") : name;
}

async function matches(pattern: string, cwd: string): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const found = await glob(pattern, { cwd, ignore: "**/node_modules/**", expandDirectories: false });
  return (await once(found, cwd)).toSorted();
}

/** Each file by its shortest way: links of folders lead to files again, or around in a circle. */
async function once(found: readonly string[], cwd: string): Promise<readonly string[]> {
  const ways = new Map<string, string>();
  for (const path of found.toSorted((a, b) => a.length - b.length)) {
    const real = await realpath(resolve(cwd, path)).catch(() => path);
    if (!ways.has(real)) ways.set(real, path);
  }
  return [...ways.values()];
}
