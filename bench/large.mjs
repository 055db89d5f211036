/**
 * What networks of 20 MB, 600 MB and more than 2 GB cost: time and peak memory of the whole process for an import and for
 * compiles with the weights inside and beside the graph, and whether ONNX Runtime takes the result.
 *
 *   node bench/large.mjs [folder] [--only 20MB|600MB|2GB] [--rounds n]
 *
 * Needs a build (npx tsc -b) and up to 8 GB of disk in the folder; the checkpoints stay there for the next time.
 */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DIST, runProgram } from "./program.mjs";

const load = (path) => import(new URL(path, DIST).href);

const { writeFiles } = await load("cli-modules/files/write-files.js");
const { createNodeSession } = await load("src/sessions/session-ort-node.js");
const { writeSafetensors } = await load("src/files/safetensors-write.js");

const RESULTS = fileURLToPath(new URL("results/large.generated.json", import.meta.url));
/** The public ×2 network, as large as its largest was published, and wide. */
const SIZES = {
  "20MB": { units: 64, blocks: 16, experts: 4, cardinals: 16 },
  "600MB": { units: 256, blocks: 32, experts: 4, cardinals: 16 },
  "2GB": { units: 256, blocks: 32, experts: 16, cardinals: 16 },
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, rounds: { type: "string", default: "3" } },
});
const folder = positionals[0] ?? join(tmpdir(), "smxc-large");

/** Tensors under weight_norm whose values repeat: what they are does not matter here. */
function tensorsOf({ units, blocks, experts, cardinals }) {
  const pool = Float32Array.from({ length: 2 ** 20 }, () => Math.random() - 0.5);
  const filled = (count, scale) => {
    const values = new Float32Array(count);
    for (let at = 0; at < count; at += pool.length) values.set(pool.subarray(0, Math.min(pool.length, count - at)), at);
    return scale === 1 ? values : values.map((value) => value * scale);
  };
  const tensor = (name, shape, scale = 1, shift = 0) => ({
    name,
    tensor: {
      shape,
      read: async () => {
        const values = filled(
          shape.reduce((a, b) => a * b, 1),
          scale,
        );
        return shift === 0 ? values : values.map((value) => value + shift);
      },
    },
  });
  const conv = (name, rows, channels, side) => [
    tensor(`${name}.weight_g`, [rows, 1, 1, 1], 0.1, 0.5),
    tensor(`${name}.weight_v`, [rows, channels, side, side]),
    tensor(`${name}.bias`, [rows], 0.1),
  ];
  const mixed = (name) => [
    ...conv(name, experts * units, units, 3),
    tensor(`${name}.mlp.0.weight`, [experts * cardinals, units], 0.1),
    tensor(`${name}.mlp.0.bias`, [experts * cardinals]),
  ];
  const indices = Array.from({ length: blocks }, (_, i) => i + 1);
  return [
    ...conv("body.0", units, 3, 3),
    ...indices.flatMap((i) => [...mixed(`body.${i}.body.0`), ...mixed(`body.${i}.body.2`)]),
    ...conv(`body.${blocks + 1}`, 12, units, 3),
    ...conv("skip.0", 12, 3, 5),
  ];
}

/** The best of several rounds, as other work on the machine only ever adds. */
async function measured(args) {
  const rounds = [];
  for (let round = 0; round < Number(flags.rounds); round++) rounds.push(await runProgram(args, folder));
  const best = (field) => Math.min(...rounds.map((each) => each[field]));
  return {
    seconds: round(best("seconds"), 2),
    processorSeconds: round(best("processorSeconds"), 2),
    peakMB: round(best("peakMB"), 0),
  };
}

const round = (value, digits) => Number(value.toFixed(digits));
const megabytes = (...files) =>
  round(files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 2 ** 20, 0);

/** Whether ONNX Runtime opens the graph and runs it. */
async function loaded(file) {
  const began = performance.now();
  const session = await createNodeSession(join(folder, file), { target: "cpu", optimization: "basic" });
  const seconds = (performance.now() - began) / 1000;
  const x = { shape: [1, 3, 8, 8], data: Float32Array.from({ length: 192 }, (_, i) => i / 192) };
  const y = (await session.run(new Map([["x", x]]))).get("y");
  await session.release();
  if (!y.data.every(Number.isFinite)) throw new Error(`${file} gives values that are not finite`);
  return { seconds: round(seconds, 2), outputShape: y.shape };
}

async function measure(name, size) {
  const checkpoint = `${name}.safetensors`;
  if (!existsSync(join(folder, checkpoint))) {
    await writeFiles([{ path: join(folder, checkpoint), content: writeSafetensors(tensorsOf(size), new Map()) }], {
      inputs: [],
    });
  }
  const model = `${name}.json`;
  const graph = `${name}.onnx`;
  const compiling = ["compile", model, "-o", graph, "--no-verify", "--quiet"];
  const result = {
    network: name,
    ...size,
    checkpointMB: megabytes(checkpoint),
    import: await measured(["import", checkpoint, "-o", model, "--quiet"]),
  };
  const inside = await measured(compiling);
  const data = existsSync(join(folder, `${graph}.data`));
  Object.assign(result, {
    compile: { ...inside, graphMB: megabytes(graph, ...(data ? [`${graph}.data`] : [])), dataBeside: data },
    compileExternal: await measured([...compiling, "--external-data"]),
    onnxRuntime: await loaded(graph),
  });
  for (const file of [model, `${name}.weights.safetensors`, graph, `${graph}.data`])
    rmSync(join(folder, file), { force: true });
  return result;
}

mkdirSync(folder, { recursive: true });
const results = [];
for (const [name, size] of Object.entries(SIZES)) {
  if (flags.only !== undefined && flags.only !== name) continue;
  const result = await measure(name, size);
  console.log(JSON.stringify(result, null, 2));
  results.push(result);
}
if (flags.only === undefined) {
  const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.version}`;
  writeFileSync(RESULTS, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
