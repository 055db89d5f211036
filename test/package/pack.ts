/** The package as npm packs it, and a project that has it installed. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "../support/cli.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CONSUMERS = fileURLToPath(new URL("./consumers/", import.meta.url));

export const run = promisify(execFile);

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Packed {
  readonly tarball: string;
  readonly files: readonly PackedFile[];
  readonly size: number;
}

/** @param folder where the tarball goes */
export async function packPackage(folder: string): Promise<Packed> {
  // Without scripts: the build is there, and `prepare` would make it again.
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: ROOT, maxBuffer: 2 ** 24 });
  const [{ filename, files, size }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files, size };
}

export interface Project {
  readonly path: string;
  at(name: string): string;
  remove(): void;
}

/**
 * A project with the package in it, installed as careful people do: no scripts, nothing optional. What npm has in its
 * cache is not asked for again.
 */
export async function installedProject(): Promise<Project & { readonly packed: Packed }> {
  const project = temporaryFolder();
  mkdirSync(project.at("tarball"));
  const packed = await packPackage(project.at("tarball"));
  writeFileSync(project.at("package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const flags = ["--ignore-scripts", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, packed.tarball], { cwd: project.path });
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
