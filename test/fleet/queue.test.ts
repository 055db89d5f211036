/** `smxc queue` with workers as processes: what each result is, whatever is killed on the way. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Queue } from "bullmq";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { smxc } from "../support/cli.js";
import { doneIn, expectSame, type Fleet, openFleet, results, until } from "./fleet.js";

const PICTURES = 20;
let fleet: Fleet;

beforeAll(async () => {
  fleet = await openFleet(PICTURES);
});
afterAll(() => fleet?.close());

it("gives each picture once, as run does, when a worker is killed and Redis restarts", async () => {
  const queue = fleet.queue("killed");
  const out = fleet.at("killed");
  expect(await queue.add(out)).toMatchObject({ added: PICTURES, before: 0 });
  expect(await queue.add(out)).toMatchObject({ added: 0, before: PICTURES });
  expect(await queue.status()).toMatchObject({ waiting: PICTURES, active: 0, completed: 0, failed: [] });
  const first = queue.work();
  await until(() => results(out).length >= 2);
  first.child.kill("SIGKILL");
  await first.ended;
  const done = results(out).length;
  expect(done).toBeLessThan(PICTURES);
  const others = [queue.work("--until-empty"), queue.work("--until-empty")];
  await until(() => results(out).length > done);
  await fleet.redis.stop("SIGKILL");
  await fleet.redis.start();
  expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0]);
  expectSame(out, fleet.at("expected"));
  // A picture may be noted, and its worker killed before it has its name: then it is noted again.
  expect(new Set(doneIn(out)).size).toBe(PICTURES);
  expect(doneIn(out).length).toBeLessThanOrEqual(PICTURES + 2);
  expect(await queue.status()).toMatchObject({ waiting: 0, active: 0, completed: PICTURES, failed: [] });
});

it.each([4, 1])("lists bad pictures, %i in a job, until they are mended and added again", async (perJob) => {
  const queue = fleet.queue(`some-${perJob}`);
  const out = fleet.at(`some-${perJob}`);
  const bad = mkdtempSync(fleet.at("bad-"));
  writeFileSync(join(bad, "bad.png"), "no picture");
  const add = (...more: readonly string[]) => queue.add(out, join(bad, "bad.png"), "--per-job", `${perJob}`, ...more);
  await add();
  const worker = queue.work("--until-empty", "--json");
  expect(await worker.ended).toBe(1);
  expect(JSON.parse(worker.told())).toMatchObject({ written: PICTURES, failed: [{ input: join(bad, "bad.png") }] });
  expectSame(out, fleet.at("expected"));
  const after = await queue.status();
  expect(after).toMatchObject({ waiting: 0, active: 0, completed: PICTURES });
  expect(after.failed).toEqual([
    { picture: join(bad, "bad.png"), error: expect.stringContaining("image/unknown-format") },
  ]);
  expect(await add()).toMatchObject({ added: 0 });
  rmSync(join(bad, "bad.png"));
  await sharp(fleet.at("in/0.png")).toFile(join(bad, "bad.png"));
  await add("--retry-failed");
  expect(await queue.work("--until-empty").ended).toBe(0);
  expect(await queue.status()).toMatchObject({ waiting: 0, completed: PICTURES + 1, failed: [] });
});

it("finishes what runs when it is told to end, and leaves the rest to others", async () => {
  const queue = fleet.queue("ended");
  const out = fleet.at("ended");
  await queue.add(out);
  const worker = queue.work();
  await until(() => results(out).length >= 1);
  worker.child.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  const { waiting, active, completed } = await queue.status();
  expect({ active, all: waiting + completed }).toEqual({ active: 0, all: PICTURES });
  expect(completed).toBe(results(out).length);
  expect(completed).toBeLessThan(PICTURES);
});

it("refuses other options while pictures wait, and another model", async () => {
  const queue = fleet.queue("ended");
  const other = await queue.run(
    "add",
    fleet.at("m.json"),
    fleet.at("in"),
    "-o",
    fleet.at("ended"),
    "--context",
    "patch",
  );
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("error[queue/other-plan]");
  const model = readFileSync(fleet.at("m.json"));
  writeFileSync(fleet.at("m.json"), `${model.toString()} `);
  const worker = queue.work("--until-empty");
  expect(await worker.ended).toBe(1);
  expect(worker.told()).toContain("error[queue/other-model]");
  writeFileSync(fleet.at("m.json"), model);
  expect((await queue.status()).active).toBe(0);
});

it("reckons with the memory and the workers of the machine that adds, whatever a worker has", async () => {
  const two = fleet.at("two");
  mkdirSync(two);
  for (const name of ["0.png", "1.png"]) copyFileSync(fleet.at("in/19.png"), join(two, name));
  const whole = ["--context", "whole", "--memory"];
  const refused = await smxc(["run", fleet.at("m.json"), two, "-o", fleet.at("none"), ...whole, "1"], fleet.at("."));
  const ofOne = Number(/needs about (\d+) MB in one piece, but only 1 MB are allowed/.exec(refused.stderr)![1]);
  const needed = String(ofOne * availableParallelism());
  const queue = fleet.queue("memory");
  const out = fleet.at("memory");
  const argv = [fleet.at("m.json"), two, "-o", out, ...whole, needed];
  expect((await queue.run("add", ...argv)).code).toBe(0);
  // Twice the workers would have half of the memory each, which is too little.
  const worker = queue.work("--until-empty", "--jobs", String(2 * availableParallelism()));
  expect({ code: await worker.ended, told: worker.told() }).toEqual({
    code: 0,
    told: expect.stringContaining("wrote 2"),
  });
  expect(readFileSync(join(out, "0.png")).equals(readFileSync(fleet.at("expected/19.png")))).toBe(true);
});

it("takes no job that smxc does not write, and does the others", async () => {
  const name = "strangers";
  const queue = fleet.queue(name);
  const out = fleet.at("strangers/out");
  await queue.add(out);
  const { hostname: host, port } = new URL(fleet.redis.url);
  const strangers = new Queue(name, { connection: { host, port: Number(port) } });
  const [job] = await strangers.getJobs(["waiting"]);
  const outside = { plan: job!.data.plan, pictures: [[fleet.at("in/0.png"), "../outside.png"]] };
  await strangers.add("x", outside, { jobId: "outside" });
  await strangers.add("x", null, { jobId: "nothing" });
  await strangers.close();
  const worker = queue.work("--until-empty");
  expect(await worker.ended).toBe(1);
  expect(worker.told()).toContain("error[queue/bad-task]");
  expectSame(out, fleet.at("expected"));
  expect(readdirSync(fleet.at("strangers"))).toEqual(["out"]);
  const { failed } = await queue.status();
  expect(failed.map(({ picture }) => picture).sort()).toEqual(["job nothing", "job outside"]);
});
