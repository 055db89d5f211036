/** Packs the package and installs it, once for all files of tests. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { temporaryFolder } from "../support/cli.js";

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Packed {
  readonly tarball: string;
  readonly files: readonly PackedFile[];
  readonly size: number;
}

declare module "vitest" {
  interface ProvidedContext {
    readonly installed: { readonly path: string; readonly packed: Packed };
  }
}

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const run = promisify(execFile);

/** Installed as careful people do: no scripts, nothing optional. What npm has in its cache is not asked for again. */
export default async function install({ provide }: TestProject): Promise<() => void> {
  const tarball = temporaryFolder();
  const packed = await packPackage(tarball.path);
  const project = temporaryFolder();
  writeFileSync(project.at("package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const flags = ["--ignore-scripts", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, packed.tarball], { cwd: project.path });
  provide("installed", { path: project.path, packed });
  return () => {
    for (const { remove } of [tarball, project]) remove();
  };
}

/** @param folder where the tarball goes */
async function packPackage(folder: string): Promise<Packed> {
  // Without scripts: the build is there, and `prepare` would make it again.
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: ROOT, maxBuffer: 2 ** 24 });
  const [{ filename, files, size }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files, size };
}
