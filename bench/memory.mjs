/**
 * Predicted memory of one run over a whole picture against that of `smxc run` as a process.
 *
 *   npm run build && node bench/memory.mjs <model> [--megapixels 0.25,1] [--threads 1,2]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { DIST, runProgram } from "./program.mjs";

const { openNetworkFile } = await import(new URL("cli-modules/models/open-network.js", DIST).href);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { megapixels: { type: "string", default: "0.25,1" }, threads: { type: "string", default: "1,2" } },
});
const [model] = positionals;
const numbers = (text) => text.split(",").map(Number);
const PHOTOGRAPH = fileURLToPath(new URL("../fixtures/photographs/hr/coffee.png", import.meta.url));
/** Of a process that has loaded ONNX Runtime in a worker, in bytes. */
const PROCESS = 150e6;

async function predicted(threads, size) {
  const options = { target: "cpu", jobs: 1, threads, memory: Number.MAX_SAFE_INTEGER };
  const network = await openNetworkFile(model, options, { report() {}, note() {} });
  const { chosen } = await network.restorer.plan(size);
  await network.close();
  return chosen.bytes + PROCESS;
}

const folder = mkdtempSync(join(tmpdir(), "smxc-memory-"));
try {
  console.log("| pixels | threads | measured MB | predicted MB | difference |\n|---|---|---|---|---|");
  for (const megapixels of numbers(values.megapixels)) {
    const height = 2 * Math.round(Math.sqrt((megapixels * 1e6) / 1.5) / 2);
    const width = Math.round((megapixels * 1e6) / height);
    const picture = join(folder, "in.png");
    await sharp(PHOTOGRAPH).resize(width, height, { fit: "fill" }).png().toFile(picture);
    for (const threads of numbers(values.threads)) {
      const flags = ["--threads", `${threads}`, "--context", "whole"];
      const { peakMB } = await runProgram(["run", model, picture, "-o", join(folder, "out.png"), ...flags]);
      const [took, told] = [peakMB * 2 ** 20, await predicted(threads, { width, height })];
      const difference = `${Math.round((told / took - 1) * 100)} %`;
      console.log(
        `| ${width} × ${height} | ${threads} | ${Math.round(took / 1e6)} | ${Math.round(told / 1e6)} | ${difference} |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
