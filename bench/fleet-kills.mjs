/**
 * Pictures by a queue while one of its workers is killed with SIGKILL every few seconds and another takes its place, and, where
 * it is asked for, while Redis is killed and started again in the middle. Exits with 1 unless every result is, byte for byte, what
 * `smxc run` writes, and none was written again after it stood.
 *
 *     npm run build
 *     node bench/fleet-kills.mjs [--pictures 200] [--side 160] [--workers 3] [--every 3] [--lease 4] [--restart]
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { temporaryFolder, writePictures } from "./fleet/pictures.mjs";
import { openRedis } from "./fleet/redis.mjs";
import { DIST, runProgram } from "./program.mjs";

const { values } = parseArgs({
  options: {
    pictures: { type: "string", default: "200" },
    side: { type: "string", default: "160" },
    workers: { type: "string", default: "3" },
    every: { type: "string", default: "3" },
    lease: { type: "string", default: "4" },
    restart: { type: "boolean", default: false },
  },
});
const [pictures, side, workers, every, lease] = ["pictures", "side", "workers", "every", "lease"].map((name) =>
  Number(values[name]),
);
const MAIN = fileURLToPath(new URL("cli/main.js", DIST));
const folder = temporaryFolder();
const redis = await openRedis();
const [input, expected, out] = ["in", "expected", "out"].map(folder.at);
const running = [];
/** Of each result, as it was first seen. */
const first = new Map();

try {
  await writePictures(input, pictures, (index) => side + (index % 16));
  await runProgram(["run", "nsr-x2", input, "-o", expected, "--quiet"]);
  await runProgram(["queue", "add", "nsr-x2", input, "-o", out, "--redis", redis.url]);
  const began = performance.now();
  const { kills, restarts } = await workAndKill();
  const seconds = (performance.now() - began) / 1000;
  const told = JSON.parse((await runProgram(["queue", "status", "--redis", redis.url, "--json"])).stdout);
  const names = resultsIn(expected);
  const differing = names.filter((name) => !sameBytes(name));
  const again = [...first].filter(([name, seen]) => seen !== markOf(name)).map(([name]) => name);
  const lines = readFileSync(join(out, ".smxc", "journal.jsonl"), "utf8")
    .trim()
    .split("\n").length;
  const strays = readdirSync(out).filter((name) => name !== ".smxc" && !names.includes(name));
  console.log(
    `${names.length} pictures, ${workers} workers, ${kills} killed, ${restarts} restarts of Redis, ${seconds.toFixed(0)} s`,
  );
  console.log(
    `${differing.length} differ or are missing, ${again.length} written again after they stood, ${strays.length} other files; ${lines} lines in the journal`,
  );
  console.log(
    `status: ${told.completed} completed, ${told.failed.length} failed, ${told.waiting} waiting, ${told.active} in work`,
  );
  const good =
    differing.length + again.length + strays.length + told.failed.length === 0 && told.completed === names.length;
  process.exitCode = good ? 0 : 1;
} finally {
  for (const child of running) child.kill("SIGKILL");
  await redis.end();
  folder.remove();
}

async function workAndKill() {
  const start = () => {
    const argv = [
      "queue",
      "work",
      "--redis",
      redis.url,
      "--jobs",
      "1",
      "--lease",
      String(lease),
      "--until-empty",
      "--quiet",
    ];
    const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ["ignore", "ignore", "inherit"] });
    running.push(child);
    child.once("close", () => running.splice(running.indexOf(child), 1));
  };
  for (let index = 0; index < workers; index++) start();
  let [kills, restarts, next] = [0, 0, performance.now() + every * 1000];
  while (running.length > 0) {
    await sleep(50);
    for (const name of resultsIn(out)) if (!first.has(name)) first.set(name, markOf(name));
    if (values.restart && restarts === 0 && first.size > pictures / 2) {
      restarts++;
      await redis.stop("SIGKILL");
      await sleep(1000);
      await redis.start();
    }
    if (performance.now() < next || first.size >= pictures) continue;
    next += every * 1000;
    const [oldest] = running;
    const ended = new Promise((resolve) => oldest.once("close", resolve));
    oldest.kill("SIGKILL");
    await ended;
    kills++;
    start();
  }
  return { kills, restarts };
}

function resultsIn(path) {
  return readdirSync(path).filter((name) => name.endsWith(".png") && !name.startsWith("."));
}

/** Another one where a result was written again. */
function markOf(name) {
  const { ino, mtimeMs } = statSync(join(out, name));
  return `${ino} ${mtimeMs}`;
}

function sameBytes(name) {
  try {
    return readFileSync(join(out, name)).equals(readFileSync(join(expected, name)));
  } catch {
    return false;
  }
}
