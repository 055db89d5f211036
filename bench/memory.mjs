/**
 * Predicted memory of one run over a whole picture against that of a process that does it.
 *
 *   node bench/memory.mjs <model.onnx> <pixels along a side…>
 */
import { execFileSync } from "node:child_process";
import { openNetworkFile } from "../dist/cli/models/open-network.js";
import { restorePicture } from "../dist/src/restore/restore.js";

const [model, ...sides] = process.argv.slice(2);
/** Of a process that has loaded ONNX Runtime. */
const PROCESS = 150e6;

async function open() {
  const options = { target: "cpu", jobs: 1, threads: 1, memory: Number.MAX_SAFE_INTEGER };
  return openNetworkFile(model, options, { report() {}, note() {} });
}

if (process.env.SIDE) {
  const side = Number(process.env.SIDE);
  const network = await open();
  const channels = network.format.color === "gray" ? 1 : 3;
  const data = Uint8Array.from({ length: side * side * channels }, (_, i) => (i * 7919) % 256);
  await restorePicture(network, { width: side, height: side, channels, bitDepth: 8, data });
  console.log(process.resourceUsage().maxRSS * 1024);
  process.exit(0);
}
const network = await open();
console.log("| pixels | measured MB | predicted MB | difference |\n|---|---|---|---|");
for (const side of sides.map(Number)) {
  const { chosen } = await network.restorer.plan({ width: side, height: side });
  const text = execFileSync("node", [process.argv[1], model], {
    encoding: "utf8",
    env: { ...process.env, SIDE: `${side}` },
  });
  const [measured, predicted] = [Number(text), chosen.bytes + PROCESS];
  const difference = `${Math.round((predicted / measured - 1) * 100)} %`;
  console.log(`| ${side} × ${side} | ${Math.round(measured / 1e6)} | ${Math.round(predicted / 1e6)} | ${difference} |`);
}
process.exit(0);
