/**
 * Restoration networks as PyTorch exports them, and what smxc makes of the exports, side by side in ONNX Runtime; PyTorch itself
 * beside them, and what each graph costs: bytes, the time to open it, memory, accuracy.
 *
 *     npm run build
 *     venv/bin/python bench/peers/export_torch.py out/peers
 *     node bench/restoration.mjs [--target cpu|wasm] [--threads 1] [--sizes 128,256] [--seconds 10] [--only dncnn-20,rrdb-2]
 *                                [--measure times,costs,torch] [--python venv/bin/python] [--peers out/peers]
 *
 * Times go to results/restoration-<vectors>.generated.json, costs to results/restoration-costs-<vectors>.generated.json. An entry is one
 * run, in which the graphs took turns, and replaces the one before it.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileExport, documentGraphs, exportedNetworks } from "./exported-networks.mjs";
import { leastAndMiddle, timeGraphs } from "./graphs.mjs";
import { MACHINE } from "./machine.mjs";
import { measureCosts } from "./restoration-costs.mjs";
import { costsTable, timesTable } from "./restoration-tables.mjs";
import { resultsFile } from "./results.mjs";
import { runtimeVersion } from "./runtime.mjs";
import { timeTorch } from "./torch.mjs";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "cpu" },
    threads: { type: "string", default: "1" },
    sizes: { type: "string", default: "128,256" },
    seconds: { type: "string", default: "10" },
    only: { type: "string" },
    measure: { type: "string", default: "times,costs" },
    python: { type: "string", default: "venv/bin/python" },
    peers: { type: "string", default: fileURLToPath(new URL("../out/peers", import.meta.url)) },
  },
});
const { target } = values;
const threads = Number(values.threads);
const seconds = Number(values.seconds);
const measures = new Set(values.measure.split(","));
const times = resultsFile(`restoration-${MACHINE.vectors}`, ["target", "threads", "network", "size"]);
const costs = resultsFile(`restoration-costs-${MACHINE.vectors}`, ["target", "network"]);
const conditions = {
  cpu: MACHINE.cpu,
  onnxruntime: await runtimeVersion(target),
  date: new Date().toISOString().slice(0, 10),
};

for (const network of exportedNetworks(values.peers, values.only?.split(","))) {
  for (const size of values.sizes.split(",").map(Number)) await measureTimes(network, size);
  if (measures.has("costs")) {
    const compiled = await compileExport(network, { target, threads: 1 });
    const entry = { target, network: network.name, ...conditions, ...(await measureCosts(network, compiled, target)) };
    costs.put(entry);
    console.log(costsTable([entry]));
  }
}

async function measureTimes(network, size) {
  if (!measures.has("times") && !measures.has("torch")) return;
  const key = { target, threads, network: network.name, size };
  const before = times.get(key);
  const measured = measures.has("times") ? await timesOf(network, size) : before;
  if (measured === undefined) throw new Error(`${network.name} has no times yet that PyTorch's could stand beside`);
  const torch = measures.has("torch")
    ? timeTorch(values.python, network.name, { size, threads, seconds })
    : before?.torch;
  const entry = { ...measured, ...key, ...(torch ? { torch } : {}) };
  times.put(entry);
  console.log(timesTable([entry]));
}

async function timesOf(network, size) {
  const failed = (name, cause) => console.error(`${network.name}, ${name}, left out: ${cause.message.slice(0, 500)}`);
  const graphs = await documentGraphs(network.name, { target, threads, size });
  graphs.set("export", readFileSync(network.file));
  const sizes = { open: undefined, fixed: size };
  for (const [name, each] of Object.entries(sizes)) {
    try {
      graphs.set(name, readFileSync(await compileExport(network, { target, threads, size: each })));
    } catch (cause) {
      failed(name, cause);
    }
  }
  const rounds = await timeGraphs(graphs, [1, 3, size, size], { target, threads, seconds, rounds: 3, failed });
  return { ...conditions, exporter: `PyTorch ${network.torch}`, ...leastAndMiddle(rounds) };
}
