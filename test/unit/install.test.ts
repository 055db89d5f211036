/**
 * `npm ci` runs no script of a package. onnxruntime-node's would download CUDA libraries and fail without a network; no
 * other package needs its own. There are two ways to say so, since no version of npm understands both.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"];

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(at(path), "utf8"));

const LOCKED = new Map<string, { readonly hasInstallScript?: boolean }>(
  Object.entries(read("package-lock.json").packages),
);

it("newer npm is told so in allowScripts", () => {
  const installed = [...LOCKED.keys()].filter((path) => path !== "" && existsSync(at(`${path}/package.json`)));
  const withScripts = installed
    .map((path) => read(`${path}/package.json`))
    .filter(({ scripts = {} }) => INSTALL_SCRIPTS.some((name) => Object.hasOwn(scripts, name)))
    .map(({ name }) => name);
  expect(withScripts).toContain("onnxruntime-node");
  const { allowScripts } = read("package.json");
  expect(allowScripts, "deny it under allowScripts in package.json").toEqual(
    Object.fromEntries(withScripts.map((name) => [name, false])),
  );
});

it("npm 10, which knows no allowScripts, looks for scripts only where the lockfile names some", () => {
  const named = [...LOCKED].filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  expect(named, "remove hasInstallScript from package-lock.json").toEqual([]);
});
