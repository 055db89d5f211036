/** What pre-commit does with the repository: it installs what `npm pack` prints the name of, and runs the hook's entry. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../support/cli.js";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = temporaryFolder();
afterAll(folder.remove);

it("npm pack prints the name of the file alone, whatever prepare prints", () => {
  copyFileSync(at(".npmrc"), folder.at(".npmrc"));
  const manifest = { name: "smxc", version: "1.2.3", scripts: { prepare: "echo built" } };
  writeFileSync(folder.at("package.json"), JSON.stringify(manifest));
  const { status, stdout } = spawnSync("npm", ["pack"], {
    cwd: folder.path,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  expect([status, stdout.trim()]).toEqual([0, "smxc-1.2.3.tgz"]);
  expect(existsSync(folder.at("smxc-1.2.3.tgz"))).toBe(true);
});

it("the hook runs a command that there is, on ONNX files", () => {
  const [hook, ...others] = parse(readFileSync(at(".pre-commit-hooks.yaml"), "utf8"));
  expect(others).toEqual([]);
  expect(hook).toMatchObject({ id: "smxc-check", language: "node", entry: "smxc check" });
  const { bin } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  expect(Object.keys(bin)).toContain("smxc");
  const matches = new RegExp(hook.files);
  expect(["a/b.onnx", "b.onnx.txt"].map((path) => matches.test(path))).toEqual([true, false]);
});
