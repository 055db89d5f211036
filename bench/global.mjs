/**
 * Time and peak memory of whole processes that restore a picture in one piece and with the same β in parts, within budgets.
 *
 *   node bench/global.mjs [--megapixels 0.25,1,6] [--memory 300,1024] [--network nsr-x2,nsr-64] [--whole-up-to 6]
 *
 * Needs a build (npm run models). Prints a line for each process.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { edsrNsr } from "./networks.mjs";
import { runProcess } from "./processes.mjs";
import { DIST } from "./program.mjs";

const { writeFiles } = await import(new URL("cli-modules/files/write-files.js", DIST).href);
const { writeSafetensors } = await import(new URL("src/files/safetensors-write.js", DIST).href);

const CHILD = fileURLToPath(new URL("global-run.mjs", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    megapixels: { type: "string", default: "0.25,1,6" },
    memory: { type: "string", default: "300,1024" },
    network: { type: "string", default: "nsr-x2,nsr-64" },
    "whole-up-to": { type: "string", default: "6" },
  },
});
const list = (text) => text.split(",");
const folder = mkdtempSync(join(tmpdir(), "smxc-global-"));

/** 64 units and eight blocks, with random weights. */
async function wideNetwork() {
  const { text, store } = edsrNsr({ units: 64, blocks: 8 });
  const image = { range: [0, 1], color: "rgb", scale: 2 };
  const model = join(folder, "nsr-64.json");
  writeFileSync(model, JSON.stringify({ ...JSON.parse(text), image }));
  const weights = [...store.tensors].map(([name, tensor]) => ({ name, tensor }));
  await writeFiles([{ path: join(folder, "weights.safetensors"), content: writeSafetensors(weights, new Map()) }], {
    inputs: [],
  });
  return model;
}

try {
  for (const network of list(flags.network)) {
    const model = network === "nsr-64" ? await wideNetwork() : network;
    for (const megapixels of list(flags.megapixels).map(Number)) {
      const height = 2 * Math.round(Math.sqrt((megapixels * 1e6) / 1.5) / 2) + 1;
      const width = Math.round((megapixels * 1e6) / height);
      const runs = [
        ...(megapixels <= Number(flags["whole-up-to"]) ? [["whole"]] : []),
        ...list(flags.memory).map((memory) => ["global", memory]),
      ];
      for (const run of runs) {
        try {
          const { stdout, peakMB, processorSeconds } = await runProcess([CHILD, model, width, height, ...run]);
          const { seconds, ...told } = JSON.parse(stdout);
          const nanoseconds = Math.round((seconds * 1e9) / (width * height));
          console.log(
            [
              network,
              `${megapixels} MP`,
              ...run,
              `${seconds} s`,
              `${nanoseconds} ns a pixel`,
              `${Math.round(peakMB)} MB`,
              `${processorSeconds.toFixed(1)} s of processors`,
              JSON.stringify(told),
            ].join(" | "),
          );
        } catch (cause) {
          console.log(
            [network, `${megapixels} MP`, ...run, cause.message.split("\n").slice(-12).join(" ")].join(" | "),
          );
        }
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
