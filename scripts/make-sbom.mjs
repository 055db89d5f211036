/**
 * Writes what an installation of smxc brings as a CycloneDX document (a software bill of materials), by `npm sbom`:
 *
 *     node scripts/make-sbom.mjs sbom.cdx.json
 *
 * npm is asked in a copy of the package that has no development dependencies: `npm sbom --omit dev` also leaves out what both kinds
 * need, commander and zod for instance (npm 11.19). Needs no network.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

const [output] = process.argv.slice(2);
if (output === undefined || output.startsWith("-"))
  throw new Error("give the file to write: node scripts/make-sbom.mjs sbom.cdx.json");

const scratch = mkdtempSync(join(tmpdir(), "smxc-sbom-"));
/** npm calls the package after its folder. */
const folder = join(scratch, "smxc");

function npm(...args) {
  // Windows finds npm.cmd only through a shell.
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 26, shell: process.platform === "win32" };
  const { status, stdout, stderr, error } = spawnSync("npm", args, options);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed: ${stderr}`);
  return stdout;
}

try {
  mkdirSync(folder);
  const { devDependencies, ...manifest } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  copyFileSync(fileURLToPath(new URL("package-lock.json", ROOT)), join(folder, "package-lock.json"));
  npm("install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit", "--no-fund");
  writeFileSync(output, npm("sbom", "--package-lock-only", "--sbom-format", "cyclonedx"));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
