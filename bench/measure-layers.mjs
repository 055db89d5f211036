/**
 * Measures what the cost model (src/lowerings/winograd/rates.ts) is fitted to: one block of two mixed or constant convolutions,
 * by every lowering, without head and tail. Minima are kept over all runs of this script, so that a disturbed run spoils
 * nothing: run it again until the file no longer changes.
 *
 *     node bench/measure-layers.mjs [--target cpu|wasm] [--seconds 6]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { graphBytes, least, timeGraphs } from "./graphs.mjs";
import { MACHINE } from "./machine.mjs";

const { values } = parseArgs({
  options: { target: { type: "string", default: "cpu" }, seconds: { type: "string", default: "6" } },
});
const { target } = values;
const FILE = new URL(`./results/layers-${target}-${MACHINE.vectors}.generated.json`, import.meta.url);

const CASES = [
  ...[
    [32, 1],
    [32, 4],
    [64, 1],
    [128, 1],
    [256, 1],
  ].map(([units, width]) => ({ units, width, size: 48 })),
  { units: 64, width: 1, size: 24 },
  { units: 64, width: 1, size: 96 },
  ...[
    [32, 1],
    [32, 4],
    [64, 1],
    [128, 1],
  ].map(([units, width]) => ({ units, width, size: 128 })),
  { units: 64, width: 1, size: 256 },
];
const FORMS = ["f4x4", "f4x6", "f6x6"];
const VARIANTS = {
  constant: { fold: true, lowering: "direct" },
  direct: { lowering: "direct" },
  ...Object.fromEntries(FORMS.map((form) => [form, { lowering: `winograd-${form}` }])),
  ...Object.fromEntries(FORMS.map((form) => [`constant-${form}`, { fold: true, lowering: `winograd-${form}` }])),
  "open-f4x6": { lowering: "winograd-f4x6", open: true },
  "open-f6x6": { lowering: "winograd-f6x6", open: true },
};

const known = new Map(read().map((entry) => [keyOf(entry), entry]));
for (const { units, width, size } of CASES) {
  const network = { units, width, blocks: 1 };
  const fixed = { target, batch: 1, height: size, width: size };
  const graphs = new Map([
    ["empty", (await graphBytes({ ...network, blocks: 0 }, { ...fixed, lowering: "direct" })).bytes],
  ]);
  for (const [name, { open, ...options }] of Object.entries(VARIANTS)) {
    graphs.set(name, (await graphBytes(network, { ...(open ? { target } : fixed), ...options })).bytes);
  }
  const times = await timeGraphs(graphs, [1, 3, size, size], { target, seconds: Number(values.seconds), rounds: 4 });
  const entry = { units, width, size, ms: {} };
  const before = known.get(keyOf(entry))?.ms ?? {};
  for (const [name, { cpu }] of times) entry.ms[name] = Math.min(least(cpu), before[name] ?? Number.POSITIVE_INFINITY);
  known.set(keyOf(entry), entry);
  writeFileSync(FILE, `${JSON.stringify([...known.values()], null, 1)}\n`);
  console.error(`${units}x${width} ${size}²`, ratios(entry.ms));
}

function read() {
  try {
    return JSON.parse(readFileSync(FILE, "utf8"));
  } catch {
    return [];
  }
}

function keyOf({ units, width, size }) {
  return `${units}x${width}@${size}`;
}

function ratios({ empty, constant, ...rest }) {
  const shown = Object.entries(rest).map(([name, ms]) => `${name} ${((ms - empty) / (constant - empty)).toFixed(2)}`);
  return `${(constant - empty).toFixed(2)} ms, ${shown.join(", ")}`;
}
