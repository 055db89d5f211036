/** The model files that the arguments of a command name. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostic } from "../src/diagnostics.js";
import { noModels } from "./errors.js";

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
    const found = await modelsOf(name);
    if (found === null) files.add(name);
    else if (found.length === 0) errors.push(noModels(name));
    else for (const file of found) files.add(file);
  }
  return { files: [...files], errors };
}

/** Null for a name that is a file's, or nothing's. */
async function modelsOf(name: string): Promise<readonly string[] | null> {
  const there = await stat(name).catch(() => null);
  if (there?.isDirectory()) {
    const found = await matches("**/*.onnx", name);
    return found.map((file) => join(name, file));
  }
  return there === null && PATTERN.test(name) ? matches(name.replaceAll("\\", "/"), ".") : null;
}

async function matches(pattern: string, cwd: string): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const found = await glob(pattern, { cwd, ignore: "**/node_modules/**", expandDirectories: false });
  return found.sort();
}
