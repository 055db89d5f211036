/**
 * The README's figures: whole networks by every way that matters, side by side. Minima are kept over all runs, since a neighbour
 * on the machine only ever adds time; the processor time is kept beside the wall clock, for one thread.
 *
 *     node bench/grid.mjs [--target cpu|wasm] [--threads 1] [--seconds 10] [--only 64]
 *
 * PyTorch's graphs are taken from out/peers/nsr-<units>x<width>-b<blocks>-<shape>.onnx, when peers/export_torch.py has made them.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { graphBytes, least, timeGraphs } from "./graphs.mjs";
import { MACHINE } from "./machine.mjs";
import { EDSR_NSR } from "./networks.mjs";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "cpu" },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "10" },
    only: { type: "string" },
  },
});
const { target } = values;
const threads = Number(values.threads);
const FILE = new URL(`./results/grid-${MACHINE.vectors}.generated.json`, import.meta.url);
const SHAPES = [
  [1, 48],
  [16, 48],
  [1, 128],
  [1, 256],
];
/** Larger cases take minutes on a machine that others use. */
const MOST_MACS = 2.5e10;

const known = new Map(read().map((entry) => [keyOf(entry), entry]));
for (const network of EDSR_NSR.filter(({ units }) => values.only === undefined || units === Number(values.only))) {
  for (const [batch, size] of SHAPES) {
    const { units, width, blocks } = network;
    const macs = blocks * 2 * units * units * width * 9 * batch * size * size;
    if (macs > (target === "wasm" ? MOST_MACS / 6 : MOST_MACS)) continue;
    const fixed = { target, threads, batch, height: size, width: size };
    const variants = {
      constant: { ...fixed, fold: true, lowering: "direct" },
      grouped: { ...fixed, lowering: "grouped" },
      auto: fixed,
      "auto, open sizes": { target, threads },
      folded: { ...fixed, fold: true },
      "without winograd": { ...fixed, winograd: false },
      ...Object.fromEntries(["f4x4", "f4x6", "f6x6"].map((form) => [form, { ...fixed, lowering: `winograd-${form}` }])),
    };
    const graphs = new Map();
    for (const [name, options] of Object.entries(variants))
      graphs.set(name, (await graphBytes(network, options)).bytes);
    const peer = new URL(
      `../out/peers/nsr-${units}x${width}-b${blocks}-${batch}x3x${size}x${size}.onnx`,
      import.meta.url,
    );
    if (existsSync(peer)) graphs.set("PyTorch 2.13", readFileSync(peer));
    const times = await timeGraphs(graphs, [batch, 3, size, size], {
      target,
      threads,
      seconds: Number(values.seconds),
      rounds: 4,
    });
    const entry = { target, threads, units, width, blocks, batch, size, wallMs: {}, cpuMs: {} };
    const before = known.get(keyOf(entry));
    for (const [name, { wall, cpu }] of times) {
      entry.wallMs[name] = Math.min(least(wall), before?.wallMs[name] ?? Number.POSITIVE_INFINITY);
      entry.cpuMs[name] = Math.min(least(cpu), before?.cpuMs[name] ?? Number.POSITIVE_INFINITY);
    }
    known.set(keyOf(entry), entry);
    writeFileSync(FILE, `${JSON.stringify([...known.values()], null, 1)}\n`);
    const ms = threads === 1 ? entry.cpuMs : entry.wallMs;
    const ratios = Object.entries(ms).map(([name, each]) => `${name} ${(each / ms.constant).toFixed(2)}`);
    console.error(`${keyOf(entry)}: ${ms.constant.toFixed(1)} ms; ${ratios.slice(1).join(", ")}`);
  }
}

function read() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : [];
}

function keyOf(entry) {
  return `${entry.target} ${entry.threads} threads ${entry.units}x${entry.width} b${entry.blocks} ${entry.batch}x${entry.size}²`;
}
