/**
 * Times on WebGPU, in onnxruntime-node, what the model for devices chooses between: forms of operators, lowerings of a mixed
 * convolution, and whole networks, beside another exporter's graph of the same network where one is given.
 *
 *     npm run build
 *     node bench/gpu.mjs [--units 64] [--blocks 1] [--seconds 10] [--peer 16x48=other.onnx]…
 *
 * `--seconds` is for each group of rivals, of which every one runs three times at least. `--peer` gives a graph of the input `x` for a batch
 * and a side. Exit code 2: there is no WebGPU.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { MACHINE } from "./machine.mjs";

const { values: flags } = parseArgs({
  options: {
    units: { type: "string", default: "64" },
    blocks: { type: "string", default: "1" },
    seconds: { type: "string", default: "10" },
    peer: { type: "string", multiple: true, default: [] },
  },
});
const [units, blocks, seconds] = [flags.units, flags.blocks, flags.seconds].map(Number);
const peers = new Map(flags.peer.map((each) => each.split(/=(.*)/s)));
const CASES = [
  { batch: 1, side: 64 },
  { batch: 4, side: 32 },
  { batch: 16, side: 48 },
];
const [EXPERTS, CARDINALS, ROUNDS] = [4, 16, 3];

const ort = await import("onnxruntime-node").then(
  (module) => module.default,
  (cause) => leave(`onnxruntime-node is not installed: ${cause.message}`),
);
const { graphBytes, LAYERS, layerGraph, operatorGraph } = await import("./gpu-graphs.mjs");

/** Drivers of software, by the names of their libraries. */
const SOFTWARE = /swiftshader|vulkan_lvp|lavapipe/;

function leave(why) {
  console.error(`no WebGPU here: ${why}`);
  process.exit(2);
}

/** The Vulkan drivers that this process has loaded: ONNX Runtime does not say which adapter it took. */
function driversText() {
  let maps = "";
  try {
    maps = readFileSync("/proc/self/maps", "utf8");
  } catch {
    return "an adapter that cannot be named on this system";
  }
  const drivers = new Set(maps.match(/lib(?:vulkan_|vk_|GLX_nvidia|nvidia-vulkan)[\w.-]*?\.so/g) ?? []);
  const names = [...drivers].join(", ") || "an unknown driver";
  const software = drivers.size > 0 && [...drivers].every((name) => SOFTWARE.test(name));
  return software ? `a software adapter (${names}): times show waste, not speed` : `an adapter of ${names}`;
}

async function open(bytes, provider = "webgpu") {
  return ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    logSeverityLevel: 4,
    extra: { session: { force_spinning_stop: "1" } },
  });
}

function random(shape) {
  const count = shape.reduce((product, size) => product * size, 1);
  return new ort.Tensor("float32", Float32Array.from({ length: count }, Math.random), shape);
}

/** The largest difference of a graph's first output from the CPU provider's, as a share of its largest value. */
async function differenceFromCpu(bytes, feeds, outputs) {
  const session = await open(bytes, "cpu");
  const [name] = session.outputNames;
  const expected = (await session.run(feeds))[name].data;
  await session.release();
  let [difference, largest] = [0, 0];
  for (const [index, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - outputs[name].data[index]));
    largest = Math.max(largest, Math.abs(value));
  }
  return (difference / largest).toExponential(1);
}

/** @param rivals `{name, bytes, shapes, columns?}`, that run in turn on values of these shapes */
async function race(title, rivals, { headers = [], compares = false } = {}) {
  const entrants = [];
  for (const { name, bytes, shapes, columns = [] } of rivals) {
    const session = await open(bytes);
    const feeds = Object.fromEntries(Object.entries(shapes).map(([input, shape]) => [input, random(shape)]));
    const outputs = await session.run(feeds);
    const all = compares ? [...columns, await differenceFromCpu(bytes, feeds, outputs)] : columns;
    entrants.push({ name, session, feeds, columns: all, times: [] });
  }
  const start = performance.now();
  for (let round = 0; round < ROUNDS || performance.now() - start < seconds * 1000; round++) {
    for (const { session, feeds, times } of round % 2 ? entrants.toReversed() : entrants) {
      const began = performance.now();
      await session.run(feeds);
      times.push(performance.now() - began);
    }
  }
  const least = Math.min(...entrants.map(({ times }) => Math.min(...times)));
  const rows = entrants.map(({ name, columns, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    return [name, sorted[0].toFixed(2), median.toFixed(2), (sorted[0] / least).toFixed(2), ...columns];
  });
  console.log(`\n## ${title}\n`);
  for (const row of [
    ["", "minimum, ms", "median, ms", "of the best", ...headers],
    ["", "", "", "", ...headers].fill("---"),
    ...rows,
  ])
    console.log(`| ${row.join(" | ")} |`);
  for (const { session } of entrants) await session.release();
}

const probe = await operatorGraph("mean", "ReduceMean", { batch: 1, side: 2, channels: 1 });
await open(probe.bytes).then(
  (session) => session.release(),
  // ONNX Runtime puts the place in its sources before what it has to say.
  (cause) => leave(/Failed to get .*/.exec(cause.message)?.[0] ?? cause.message),
);
console.log(`WebGPU by onnxruntime-node, ${driversText()}; ${MACHINE.cpu}; ${units} units, ${blocks} blocks`);

for (const { batch, side } of CASES) {
  const sizes = { batch, side, channels: units, experts: EXPERTS, cardinals: CARDINALS };
  const at = `${batch}×${side}²`;
  for (const [what, forms] of [
    ["mean", ["GlobalAveragePool", "ReduceMean"]],
    ["mixing", ["MatMul", "Einsum"]],
  ]) {
    const rivals = await Promise.all(forms.map((form) => operatorGraph(what, form, sizes)));
    await race(`${what}, ${at}`, rivals);
  }
  await race(`${LAYERS} mixed convolutions in a row, of which the model weighs one, ${at}`, await layerGraph(sizes), {
    headers: ["estimated, ms", "dispatches", "MB moved", "MB temporary"],
  });
  const network = { units, blocks, experts: EXPERTS, cardinals: CARDINALS };
  const shapes = { x: [batch, 3, side, side] };
  const compiled = async (name, options) => {
    const { bytes, choices } = await graphBytes(network, { target: "webgpu", ...options });
    const taken = new Set(choices.map(({ lowering }) => lowering).filter((lowering) => lowering !== "conv"));
    return { name: `${name} (${[...taken].join(", ")})`, bytes, shapes };
  };
  const peer = peers.get(`${batch}x${side}`);
  await race(
    `a network, ${at}`,
    [
      ...(peer === undefined ? [] : [{ name: peer, bytes: readFileSync(peer), shapes }]),
      await compiled("fixed sizes", { batch, height: side, width: side }),
      await compiled("open sizes", {}),
    ],
    { headers: ["from the CPU's"], compares: true },
  );
}
