/** Projects that have the package installed. */
import { cpSync, existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { temporaryFolder } from "../support/cli.js";
import { type Packed, ROOT } from "./install.js";

const CONSUMERS = fileURLToPath(new URL("./consumers/", import.meta.url));

export interface Project {
  readonly path: string;
  at(name: string): string;
  remove(): void;
}

/** A project of its own with the package in it, as `install.ts` installed it. */
export function installedProject(): Project & { readonly packed: Packed } {
  const project = temporaryFolder();
  const { path, packed } = inject("installed");
  cpSync(path, project.path, { recursive: true, verbatimSymlinks: true });
  cpSync(CONSUMERS, project.path, { recursive: true });
  return { ...project, packed };
}

/** What an ordinary installation brings besides: ONNX Runtime for Node, and the parts of sharp for this system. */
export function addOptionalPackages(project: Project): void {
  const others = readdirSync(join(ROOT, "node_modules/@img")).map((name) => `@img/${name}`);
  for (const name of ["onnxruntime-node", ...others]) {
    const path = project.at(`node_modules/${name}`);
    if (!existsSync(path)) symlinkSync(join(ROOT, "node_modules", name), path);
  }
}
