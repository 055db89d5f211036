/**
 * Two revisions of smxc side by side: what they make of the bench's networks, how fast that runs, and how long a compile takes.
 * Both are built in worktrees of git in a temporary folder. Graphs of one network run in turn in one process; those that are the
 * same, byte for byte, are not run.
 *
 *     node bench/compare.mjs main HEAD [--only 64,128] [--target cpu|wasm] [--threads 1] [--size 48|open] [--seconds 10] [--rounds 3]
 *
 * `--seconds` is for the runs of each network, of which every graph has five at least; `--rounds` is how often each revision compiles a
 * network, every time in a new process. Alone on the machine; the table is printed, nothing is written.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { MACHINE } from "./machine.mjs";
import { EDSR_NSR } from "./networks.mjs";
import { runProcess } from "./processes.mjs";
import { openRevision } from "./revisions.mjs";

const COMPILE = fileURLToPath(new URL("compile-network.mjs", import.meta.url));
/** Of a picture, where sizes are open. */
const OPEN_SIZE = 64;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    target: { type: "string", default: "cpu" },
    threads: { type: "string", default: "1" },
    size: { type: "string", default: "48" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
  },
});
if (positionals.length !== 2) throw new Error("give two revisions: node bench/compare.mjs main HEAD");
const { target } = values;
const [threads, seconds, rounds] = [values.threads, values.seconds, values.rounds].map(Number);
const fixed = values.size === "open" ? undefined : Number(values.size);
const side = fixed ?? OPEN_SIZE;
const options = { target, threads, ...(fixed === undefined ? {} : { batch: 1, height: fixed, width: fixed }) };
const names = EDSR_NSR.map(({ name }) => name);
const wanted = values.only?.split(",") ?? names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`there is no network ${unknown.join(", ")}: choose of ${names.join(", ")}`);

const scratch = mkdtempSync(join(tmpdir(), "smxc-compare-"));
const revisions = [];
// Also when it is interrupted: git remembers worktrees.
process.on("exit", () => {
  for (const revision of revisions) revision.remove();
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

await compare();

async function compare() {
  for (const name of positionals) revisions.push(await openRevision(name, scratch));
  // Runs graphs, whichever revision made them.
  process.env.SMXC_DIST = pathToFileURL(join(revisions[1].folder, "dist/")).href;
  const { leastAndMiddle, timeGraphs } = await import("./graphs.mjs");
  const [first, second] = revisions.map(({ name, commit }) => `${name} (${commit.slice(0, 9)})`);
  console.log(
    `${first} and ${second}: ${target}, ${threads} thread(s), 1 × ${side}²${fixed ? "" : ", open sizes"}; ${MACHINE.cpu}`,
  );
  console.log("milliseconds, least / median; ratio of the second to the first\n");
  console.log("| network | run | | ratio | compile | | ratio |\n|---|---|---|---|---|---|---|");
  for (const network of EDSR_NSR.filter(({ name }) => wanted.includes(name))) {
    const compiled = await compileInTurn(network);
    const graphs = compiled.map(({ file }) => readFileSync(file));
    const runs = graphs[0].equals(graphs[1])
      ? ["the same graph", "", "1"]
      : timesOf(
          leastAndMiddle(await timeGraphs(namedGraphs(graphs), [1, 3, side, side], { target, threads, seconds })),
        );
    console.log(`| ${[network.name, ...runs, ...row(compiled.map(({ ms }) => leastAndMedian(ms)))].join(" | ")} |`);
  }
}

/** Both revisions compile a network in turn, each time in a new process. */
async function compileInTurn(network) {
  const each = revisions.map(({ folder, commit }) => ({ folder, file: join(scratch, `${commit}.onnx`), ms: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const { folder, file, ms } of round % 2 ? each.toReversed() : each) {
      const { stdout } = await runProcess([COMPILE, folder, JSON.stringify(network), JSON.stringify(options), file]);
      ms.push(Number(stdout));
    }
  }
  return each;
}

function namedGraphs(graphs) {
  return new Map(graphs.map((bytes, index) => [String(index), bytes]));
}

/** Processor time, which other work disturbs least, of one thread; else the wall clock. */
function timesOf({ wallMs, wallMedianMs, cpuMs, cpuMedianMs }) {
  const [least, median] = threads === 1 ? [cpuMs, cpuMedianMs] : [wallMs, wallMedianMs];
  return row(["0", "1"].map((name) => ({ least: least[name], median: median[name] })));
}

function leastAndMedian(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { least: sorted[0], median: sorted[sorted.length >> 1] };
}

function row(pair) {
  const [a, b] = pair;
  const times = pair.map(({ least, median }) => `${least.toFixed(1)} / ${median.toFixed(1)}`);
  return [...times, `${(b.least / a.least).toFixed(3)} / ${(b.median / a.median).toFixed(3)}`];
}
