/**
 * Compiles what export_networks.py wrote and compares it with PyTorch, for the exported batch of one and for one of eight.
 *
 *     npm run build && node test/peers/compare-networks.mjs out/peers/networks [--only odconv-resnet18] [--threads 2]
 *
 * The compiled graph of `<exporter>.onnx` is left beside it as `<exporter>.smxc.onnx`. Errors are the largest difference as a
 * share of the largest output: of the compiled graph from PyTorch, of PyTorch's own export from it (what rounding alone makes
 * of the network), and of the compiled graph from float64. Exit 1 where the first is above 1e-5.
 */
import { parseArgs } from "node:util";
import { peerNetworks, readTensors } from "../../bench/peer-networks.mjs";
import { DIST, runProgram } from "../../bench/program.mjs";

const { createNodeSession } = await import(new URL("src/sessions/session-ort-node.js", DIST).href);

const GOAL = 1e-5;
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", multiple: true }, threads: { type: "string", default: "2" } },
});

/** Largest |a − b| / largest |b|. */
function errorOf(a, b) {
  if (a.shape.join() !== b.shape.join())
    throw new Error(`the result is ${a.shape.join("x")}, not ${b.shape.join("x")}`);
  let difference = 0;
  let largest = 0;
  for (let index = 0; index < b.data.length; index++) {
    difference = Math.max(difference, Math.abs(a.data[index] - b.data[index]));
    largest = Math.max(largest, Math.abs(b.data[index]));
  }
  // Math.max keeps NaN, which no comparison with the goal passes.
  return difference / largest;
}

async function results(file, inputs) {
  const session = await createNodeSession(file, { target: "cpu", threads: Number(flags.threads) });
  const outputs = [];
  for (const x of inputs) outputs.push((await session.run(new Map([["x", x]]))).get("y"));
  await session.release();
  return outputs;
}

const figure = (value) => value.toExponential(1);
const far = [];
for (const { name, io, exports } of peerNetworks(positionals[0] ?? "out/peers/networks", flags.only)) {
  const tensors = await readTensors(io);
  const [x1, y1, exact1, x8, y8] = ["x1", "y1", "exact1", "x8", "y8"].map((key) => tensors.get(key));
  for (const { exporter, source, compiled } of exports) {
    const cost = await runProgram(["compile", source, "-o", compiled, "--quiet"]);
    const [one, eight] = await results(compiled, [x1, x8]);
    const [own] = await results(source, [x1]);
    const errors = [errorOf(one, y1), errorOf(eight, y8)];
    console.log(
      `${name}, ${exporter}: batch 1 ${figure(errors[0])}, batch 8 ${figure(errors[1])}; ` +
        `the export itself, batch 1 ${figure(errorOf(own, y1))}; from float64, batch 1 ${figure(errorOf(one, exact1))}; ` +
        `compiled in ${cost.seconds.toFixed(0)} s (${cost.processorSeconds.toFixed(0)} s of processors), ${cost.peakMB.toFixed(0)} MB`,
    );
    if (!errors.every((error) => error <= GOAL)) far.push(`${name}, ${exporter}`);
  }
}
if (far.length > 0) {
  console.error(`above ${GOAL}: ${far.join("; ")}`);
  process.exitCode = 1;
}
