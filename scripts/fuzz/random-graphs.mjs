/** Random graphs as the property tests draw them: their generators are TypeScript, which Vite loads. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

let loading;

function load() {
  loading ??= runnerImport(fileURLToPath(new URL("../../test/support/fuzz-graphs.ts", import.meta.url)), {
    configFile: false,
    logLevel: "error",
  });
  return loading;
}

export async function randomGraphFile(random) {
  const { module } = await load();
  return Buffer.from(await module.graphFile(() => random.next()));
}

export async function randomKernelFile(random) {
  const { module } = await load();
  return Buffer.from(await module.kernelFile(() => random.next()));
}
