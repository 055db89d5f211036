/**
 * What further workers gain: 24 tiles of 128² through the shipped nsr-x2 and a network of 64 units, one worker and several of one
 * thread each, in turn. Alone on the machine; the table is printed, nothing is written.
 *
 *     npm run build
 *     node bench/jobs.mjs [--target cpu|wasm] [--jobs 2] [--tiles 24] [--side 128] [--rounds 5] [--only nsr-x2]
 */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DIST, graphBytes } from "./graphs.mjs";

const load = (path) => import(new URL(path, DIST).href);
const { compile } = await load("src/api.js");
const { openFileSource } = await load("src/base/bytes/file-source-node.js");
const { SessionPool } = await load("src/sessions/workers/session-pool.js");
const { startNodeWorker } = await load("src/sessions/workers/start-worker-node.js");
const { runInOrder } = await load("src/restore/runs-in-order.js");

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "cpu" },
    jobs: { type: "string", default: "2" },
    tiles: { type: "string", default: "24" },
    side: { type: "string", default: "128" },
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
  },
});
const { target } = values;
const [jobs, tiles, side, rounds] = [values.jobs, values.tiles, values.side, values.rounds].map(Number);

async function shipped(name) {
  const folder = new URL("../models/", import.meta.url);
  const weights = await openFileSource(fileURLToPath(new URL(`${name}.weights.safetensors`, folder)));
  const document = JSON.parse(await readFile(new URL(`${name}.json`, folder), "utf8"));
  const bytes = await compile(document, weights, { target, threads: 1 });
  await weights.close();
  return bytes;
}

const NETWORKS = {
  "nsr-x2": () => shipped("nsr-x2"),
  "64 units, 4 blocks": async () => (await graphBytes({ units: 64, blocks: 4 }, { target, threads: 1 })).bytes,
};

/** Milliseconds of all tiles, and a number that every value of the results has a part in. */
async function runTiles(session) {
  let sum = 0;
  const began = performance.now();
  const tile = async (index) => {
    const data = Float32Array.from({ length: 3 * side * side }, (_, at) => ((at * 31 + index * 17) % 97) / 97);
    return session.run(new Map([["x", { data, shape: [1, 3, side, side] }]]), "given");
  };
  await runInOrder(
    Array.from({ length: tiles }, (_, index) => index),
    tile,
    {
      parallel: session.parallel,
      use: (outputs) => {
        for (const value of outputs.get("y").data) sum = Math.fround(sum * 0.999 + value);
      },
    },
  );
  return { ms: performance.now() - began, sum };
}

console.log(`${target}, ${tiles} tiles of ${side}², ${availableParallelism()} cores, Node ${process.versions.node}`);
console.log(
  "| network | one job, ms | several jobs, ms | ratio of minima | of medians | same bytes |\n|---|---|---|---|---|---|",
);
for (const [name, make] of Object.entries(NETWORKS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const bytes = await make();
  const entrants = [];
  for (const count of [1, jobs]) {
    const pool = new SessionPool(startNodeWorker, count);
    const session = await pool.open({ name, bytes }, { target, threads: 1 });
    entrants.push({ pool, session, times: [], sum: (await runTiles(session)).sum });
  }
  for (let round = 0; round < rounds; round++)
    for (const entrant of round % 2 ? entrants.toReversed() : entrants)
      entrant.times.push((await runTiles(entrant.session)).ms);
  await Promise.all(entrants.map(({ pool }) => pool.release()));
  const [one, several] = entrants.map(({ times, sum }) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { least: sorted[0], middle: sorted[sorted.length >> 1], sum };
  });
  console.log(
    `| ${name} | ${one.least.toFixed(0)} | ${several.least.toFixed(0)} (${jobs} jobs) | ${(several.least / one.least).toFixed(3)} | ${(several.middle / one.middle).toFixed(3)} | ${one.sum === several.sum ? "yes" : "no"} |`,
  );
}
