/**
 * Whole networks at batch 1 against PyTorch's own export of them, both in ONNX Runtime and in turn.
 *
 *     node bench/peers.mjs [out/peers/networks] [--only odconv-resnet18] [--threads 1] [--seconds 20] [--save]
 *
 * Takes what test/peers/export_networks.py wrote and test/peers/compare-networks.mjs compiled. Processor time is what other work
 * on the machine disturbs least, and holds only for one thread. --save keeps the figures for results/README.md.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { timeGraphs } from "./graphs.mjs";
import { MACHINE } from "./machine.mjs";
import { peerNetworks, readTensors } from "./peer-networks.mjs";
import { DIST } from "./program.mjs";

const { compareTimes, summariseTimes } = await import(new URL("src/bench/statistics.js", DIST).href);
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", multiple: true },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "20" },
    save: { type: "boolean", default: false },
  },
});
const FILE = new URL(`./results/peers-${MACHINE.vectors}.generated.json`, import.meta.url);
const threads = Number(flags.threads);
const round = (value, digits) => Number(value.toFixed(digits));

const results = [];
for (const { name, io, exports } of peerNetworks(positionals[0] ?? "out/peers/networks", flags.only)) {
  const shape = (await readTensors(io)).get("x1").shape;
  for (const { exporter, source, compiled } of exports.filter((each) => existsSync(each.compiled))) {
    const graphs = new Map([
      ["pytorch", readFileSync(source)],
      ["smxc", readFileSync(compiled)],
    ]);
    const times = await timeGraphs(graphs, shape, { threads, seconds: Number(flags.seconds), rounds: 5 });
    const [peer, own] = ["pytorch", "smxc"].map((graph) => times.get(graph));
    const entry = { network: name, exporter, threads };
    for (const clock of ["cpu", "wall"]) {
      const { ratio, pairedRatio } = compareTimes(own[clock], peer[clock]);
      const [mine, theirs] = [summariseTimes(own[clock]), summariseTimes(peer[clock])];
      entry[clock] = {
        pytorchMs: { least: round(theirs.minMs, 2), median: round(theirs.medianMs, 2) },
        smxcMs: { least: round(mine.minMs, 2), median: round(mine.medianMs, 2) },
        ratio: { least: round(ratio, 3), paired: round(pairedRatio, 3) },
      };
      const { pytorchMs, smxcMs } = entry[clock];
      console.log(
        `${name}, ${exporter}, ${clock}: PyTorch's ${pytorchMs.least} ms (median ${pytorchMs.median}), smxc's ${smxcMs.least} ms ` +
          `(median ${smxcMs.median}); ratio of minima ${ratio.toFixed(3)}, median of the rounds' ${pairedRatio.toFixed(3)}`,
      );
    }
    results.push({ ...entry, rounds: own.wall.length });
  }
}
if (flags.save) {
  const kept = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")).results : [];
  const key = ({ network, exporter, threads }) => `${network} ${exporter} ${threads}`;
  const merged = new Map([...kept, ...results].map((entry) => [key(entry), entry]));
  writeFileSync(FILE, `${JSON.stringify({ machine: MACHINE, results: [...merged.values()] }, null, 2)}\n`);
}
