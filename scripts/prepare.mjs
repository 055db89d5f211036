// What npm runs before it packs or links this package: the build. `npm install -g git+…`, as pre-commit does it, comes
// here without the packages that a build needs, since npm hands its --global on to the install of the clone.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

function npm(...args) {
  const env = { ...process.env, npm_config_global: "false", npm_config_location: "project" };
  // Windows finds npm.cmd only through a shell.
  const { status, error } = spawnSync("npm", args, { env, stdio: "inherit", shell: process.platform === "win32" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync("node_modules/typescript")) npm("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund");
npm("run", "--silent", "build");
