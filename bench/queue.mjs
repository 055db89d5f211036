/**
 * What the queue adds to the work: milliseconds of each picture beside `smxc run --resume`; and what adding many pictures takes,
 * with the memory of Redis. Alone on the machine, with redis-server; the figures are printed, nothing is written.
 *
 *     npm run build
 *     node bench/queue.mjs overhead [--pictures 400] [--side 16] [--rounds 3] [--per-job 1]
 *     node bench/queue.mjs add [--pictures 1000000] [--per-job 64]
 *     node bench/queue.mjs tasks [--jobs 20000] [--workers 100]
 */
import { parseArgs } from "node:util";
import { linkPictures, temporaryFolder, writePictures } from "./fleet/pictures.mjs";
import { openRedis } from "./fleet/redis.mjs";
import { DIST, runProgram } from "./program.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: "string" },
    side: { type: "string", default: "16" },
    rounds: { type: "string", default: "3" },
    "per-job": { type: "string" },
    jobs: { type: "string", default: "20000" },
    workers: { type: "string", default: "100" },
  },
});
const perJob = values["per-job"] === undefined ? [] : ["--per-job", values["per-job"]];
const folder = temporaryFolder();
const redis = await openRedis();
const MEASUREMENTS = { overhead, add, tasks };

try {
  const measure = MEASUREMENTS[positionals[0]];
  if (measure === undefined) throw new Error(`expected one of ${Object.keys(MEASUREMENTS).join(", ")}`);
  await measure();
} finally {
  await redis.end();
  folder.remove();
}

/** The slope between a tenth of the pictures and all of them, so that starts and ends of processes do not count. */
async function overhead() {
  const most = Number(values.pictures ?? 400);
  const counts = [Math.ceil(most / 10), most];
  for (const count of counts) await writePictures(folder.at(`in-${count}`), count, () => Number(values.side));
  const least = new Map();
  let name = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const count of counts) {
      const out = folder.at(`out-${name}`);
      note(
        `run ${count}`,
        await runProgram(["run", "nsr-x2", folder.at(`in-${count}`), "-o", out, "--resume", "--jobs", "1", "--quiet"]),
      );
      const queue = ["--redis", redis.url, "--queue", `q${name}`, "--quiet"];
      const added = ["queue", "add", "nsr-x2", folder.at(`in-${count}`), "-o", `${out}-queue`, ...perJob, ...queue];
      await runProgram(added);
      note(`queue ${count}`, await runProgram(["queue", "work", "--until-empty", "--jobs", "1", ...queue]));
      name++;
    }
  }
  const slope = (kind, what) => {
    const [few, all] = counts.map((count) => least.get(`${kind} ${count}`)[what]);
    return ((all - few) * 1000) / (counts[1] - counts[0]);
  };
  for (const what of ["seconds", "processorSeconds"]) {
    const [run, queue] = [slope("run", what), slope("queue", what)];
    console.log(
      `${what === "seconds" ? "time" : "processor time"} of a picture: run ${run.toFixed(2)} ms, queue ${queue.toFixed(2)} ms, ${(queue - run).toFixed(2)} ms more`,
    );
  }

  function note(key, { seconds, processorSeconds }) {
    console.log(`${key}: ${seconds.toFixed(2)} s, processor ${processorSeconds.toFixed(2)} s`);
    const before = least.get(key) ?? { seconds: Infinity, processorSeconds: Infinity };
    least.set(key, {
      seconds: Math.min(before.seconds, seconds),
      processorSeconds: Math.min(before.processorSeconds, processorSeconds),
    });
  }
}

async function add() {
  const count = Number(values.pictures ?? 1_000_000);
  await linkPictures(folder.at("in"), count);
  const [memory, processor] = [await redis.figure("memory", "used_memory"), await processorOf()];
  const argv = [
    "queue",
    "add",
    "nsr-x2",
    folder.at("in"),
    "-o",
    folder.at("out"),
    "--redis",
    redis.url,
    ...perJob,
    "--json",
  ];
  const { seconds, processorSeconds, peakMB, stdout } = await runProgram([...argv, "--quiet"]);
  const { added, jobs } = JSON.parse(stdout);
  const taken = (await redis.figure("memory", "used_memory")) - memory;
  const redisSeconds = (await processorOf()) - processor;
  console.log(
    `${added} pictures in ${jobs} jobs: ${seconds.toFixed(1)} s, processor ${processorSeconds.toFixed(1)} s and of Redis ${redisSeconds.toFixed(1)} s, peak of the command ${peakMB.toFixed(0)} MB`,
  );
  console.log(
    `Redis: ${(taken / 1e6).toFixed(0)} MB, ${(taken / added / 1000).toFixed(2)} KB a picture, ${(taken / jobs / 1000).toFixed(2)} KB a job`,
  );
  const again = await runProgram([...argv, "--quiet"]);
  console.log(`the same again: ${again.seconds.toFixed(1)} s, ${JSON.parse(again.stdout).before} were there`);
  const status = await runProgram(["queue", "status", "--redis", redis.url]);
  console.log(`status: ${status.seconds.toFixed(1)} s: ${status.stdout.trim()}`);
}

/** How many jobs a second Redis hands out and takes back, where the work takes no time: BullMQ and the counts of smxc. */
async function tasks() {
  const load = (path) => import(new URL(path, DIST).href);
  const { Queue, Worker } = await import("bullmq");
  const { countAdded, countFate } = await load("cli-modules/commands/queue/counts.js");
  const count = Number(values.jobs);
  const queue = new Queue("tasks", { connection: redis.client, skipVersionCheck: true });
  const data = { plan: "0123456789ab", pictures: [["/data/photos/00000000.png", "00000000.png"]] };
  const all = Array.from({ length: count }, (_, index) => ({ id: `p${index}`, data }));
  for (let start = 0; start < count; start += 1000) {
    const step = all.slice(start, start + 1000);
    await queue.addBulk(
      step.map(({ id }) => ({
        name: "pictures",
        data,
        opts: { jobId: id, attempts: 3, removeOnComplete: { count: 1000 } },
      })),
    );
    await countAdded(redis.client, queue, step);
  }
  const [began, processor, own] = [performance.now(), await processorOf(), process.cpuUsage()];
  const connection = redis.client.duplicate({ lazyConnect: false });
  connection.on("error", () => {});
  let done = 0;
  await new Promise((resolve) => {
    const worker = new Worker(
      "tasks",
      async ({ id }) => {
        await countFate(redis.client, queue, { id, data }, 0, { done: "now" });
      },
      {
        connection,
        skipVersionCheck: true,
        concurrency: Number(values.workers),
      },
    );
    worker.on("error", () => {});
    worker.on("completed", () => {
      if (++done === count) resolve(worker.close());
    });
  });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(own);
  const redisSeconds = (await processorOf()) - processor;
  console.log(
    `${count} jobs, ${values.workers} in flight: ${(count / seconds).toFixed(0)} jobs/s; Redis takes ${((1000 * redisSeconds) / count).toFixed(3)} ms of processor time for each, at most ${(count / redisSeconds).toFixed(0)} jobs/s of one server`,
  );
  console.log(`the worker takes ${((user + system) / 1000 / count).toFixed(3)} ms of processor time for each`);
  connection.disconnect();
  await queue.close();
}

/** Seconds that Redis has worked. */
async function processorOf() {
  const told = await redis.client.info("cpu");
  return ["sys", "user"].reduce(
    (sum, kind) => sum + Number(new RegExp(`^used_cpu_${kind}:([\\d.]+)`, "m").exec(told)[1]),
    0,
  );
}
