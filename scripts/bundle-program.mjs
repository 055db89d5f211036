// Makes dist/cli, the program as few files: a process that reads dozens of files starts sooner than one that reads hundreds.
// The modules that it is made of stay in dist/cli-modules, for tests and scripts.
import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { packageList, packagesOf } from "./bundled-packages.mjs";

const MODULES = "dist/cli-modules";

/** What starts as a process or a worker of its own. Whoever starts one looks for this name in the folder of its own file. */
const ENTRIES = {
  main: `${MODULES}/main.js`,
  start: `${MODULES}/start.js`,
  "ticker-worker": `${MODULES}/terminal/ticker-worker.js`,
  "profile-wasm": `${MODULES}/commands/bench/profile-wasm.js`,
  "worker-node": "dist/src/sessions/workers/worker-node.js",
};

/** Stay packages: they hold compiled libraries, or are optional. */
const PACKAGES = /^(sharp|onnxruntime-node|onnxruntime-web|bullmq|ioredis)(\/|$)/;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
await rm("dist/cli", { recursive: true, force: true });
const { output } = await build({
  input: ENTRIES,
  platform: "node",
  external: [/^node:/, /^#/, PACKAGES],
  // What one module loads when it is needed, another may need always.
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: "dist/cli",
    format: "esm",
    comments: false,
    entryFileNames: "[name].js",
    // Beside the entries, whose names they look for.
    chunkFileNames: "[name]-[hash].js",
  },
});

await writeFile("dist/program-packages.json", packageList(packagesOf(output)));
