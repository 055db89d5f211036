/**
 * Feeds a part of smxc with inputs that nobody would write, and looks for what may not be: an error without a diagnostic, a wrong
 * number, a process that dies, more time or memory than an input of that size may take. `npm run build` first.
 *
 *   node scripts/fuzz.mjs                             lists the targets
 *   node scripts/fuzz.mjs <target> [seconds] [seed]   60 seconds of seed 1
 *   node scripts/fuzz.mjs <target> replay <file>…     runs inputs that were kept, one by one
 *
 * Inputs are kept that run blocks of code which none before did, and changed further: V8 counts the blocks. What is found goes to
 * out/fuzz/<target>, each input beside what it did; the exit code is then 1. Inputs are run in a process of their own, which
 * is ended when an input takes too long or too much.
 */
import { fork } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keepFinding } from "./fuzz/findings.mjs";
import { TARGETS } from "./fuzz/targets/index.mjs";

const [name, seconds = "60", seed = "1", ...more] = process.argv.slice(2);
const target = TARGETS.get(name);
if (target === undefined) {
  for (const [each, { about }] of TARGETS) console.log(`${each.padEnd(12)}${about}`);
  process.exit(name === undefined ? 0 : 2);
}
const replayed = seconds === "replay" ? [seed, ...more] : [];
const folder = fileURLToPath(new URL(`../out/fuzz/${name}`, import.meta.url));
mkdirSync(folder, { recursive: true });

/** No input may take so long, whatever else the machine does. */
const MOST_SILENT_MS = 300_000;
/** Resident memory. */
const MOST_BYTES = 3 * 2 ** 30;

let end = Date.now() + 1000 * Number(seconds);
let child;
// What was done by then is reported.
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    end = 0;
    child?.kill("SIGKILL");
  });

let runs = 0;
let starts = 0;
let found = 0;
const outcomes = new Map();
let corpus = [0, 0];
/** Of processor time, by process. */
const spent = new Map();

const isOver = () => (replayed.length > 0 ? starts > 0 : Date.now() >= end || found >= 50);
while (!isOver()) await work(starts++);

const table = [...outcomes].sort((a, b) => b[1] - a[1]);
for (const [outcome, count] of table) console.log(`${String(count).padStart(9)}  ${outcome}`);
const kept = replayed.length > 0 ? "" : `; ${corpus[0]} inputs kept for ${corpus[1]} patterns of blocks`;
const took = [...spent.values()].reduce((sum, each) => sum + each, 0);
console.log(
  `${name}: ${runs} executions of seed ${seed} in ${took.toFixed(0)} s of processor time, ${found} findings${kept}`,
);
process.exit(found > 0 ? 1 : 0);

/** Runs inputs in a process until the time is over or it dies. */
async function work(number) {
  const state = `${folder}/running`;
  child = fork(new URL("fuzz/loop.mjs", import.meta.url), [], {
    execArgv: ["--max-old-space-size=2048"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said = (said + text).slice(-4000);
  });
  let last = Date.now();
  let why;
  const watch = setInterval(() => {
    const now = Date.now();
    if (now - last > MOST_SILENT_MS) why = `no end within ${MOST_SILENT_MS / 1000} s`;
    else if (residentBytes(child.pid) > MOST_BYTES) why = `more than ${MOST_BYTES / 2 ** 30} GiB of memory`;
    if (why !== undefined) child.kill("SIGKILL");
  }, 500);
  child.on("message", (message) => {
    last = Date.now();
    runs = message.runs + (message.before ?? 0);
    if (message.finding) found++;
    if (message.outcome) outcomes.set(message.outcome, (outcomes.get(message.outcome) ?? 0) + 1);
    if (message.corpus) corpus = message.corpus;
    if (message.seconds) spent.set(number, message.seconds);
  });
  // Another seed in each process, so that one which died is not repeated.
  const own = Number(seed) * 1_000_003 + number * 7919;
  child.send({ name, folder, state, seed: own, end, before: runs, replayed });
  const [code, signal] = await new Promise((resolve) => child.on("close", (...ended) => resolve(ended)));
  clearInterval(watch);
  if (code === 0 || end === 0) return;
  found++;
  const input = readFileSync(state);
  const stage = readFileSync(`${state}.stage`, "utf8");
  const how = why ?? `the process ended with ${signal ?? code}`;
  console.error(keepFinding(folder, target.ending, input, `${how}, in: ${stage}\n${said}`));
  rmSync(state);
}

function residentBytes(pid) {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    // It has ended, or the system has no /proc.
    return 0;
  }
}
