/** `smxc queue` with a Redis server, and workers as processes: what each result is, whatever is killed on the way. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAIN, smxc, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type RedisServer, startRedis } from "./redis.js";

const folder = temporaryFolder();
const { at } = folder;
const PICTURES = 20;
let redis: RedisServer;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(at("redis"));
  redis = await startRedis(at("redis"));
  await succeed(["import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json")], folder.path);
  mkdirSync(at("in"));
  for (let index = 0; index < PICTURES; index++) {
    const side = 100 + 4 * index;
    await sharp(fixture("images", "patch.png"))
      .resize(side, side, { fit: "fill" })
      .png()
      .toFile(at(`in/${index}.png`));
  }
  await succeed(["run", at("m.json"), at("in"), "-o", at("expected"), "--quiet"], folder.path);
});
afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await redis?.stop();
  folder.remove();
});

const add = (queue: string, out: string, ...more: readonly string[]) =>
  succeed(
    ["queue", "add", at("m.json"), at("in"), "-o", out, "--redis", redis.url, "--queue", queue, "--json", ...more],
    folder.path,
  );

async function status(queue: string) {
  const { stdout } = await succeed(["queue", "status", "--redis", redis.url, "--queue", queue, "--json"], folder.path);
  return JSON.parse(stdout) as {
    readonly waiting: number;
    readonly active: number;
    readonly completed: number;
    readonly failed: readonly { readonly picture: string; readonly error: string }[];
  };
}

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  told(): string;
}

function work(queue: string, ...more: readonly string[]): Worker {
  const argv = ["queue", "work", "--redis", redis.url, "--queue", queue, "--lease", "2", "--jobs", "1", ...more];
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  workers.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream!.on("data", (piece: Buffer) => {
      text += piece.toString();
    });
  }
  return {
    child,
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal))),
    told: () => text,
  };
}

const results = (out: string) => readdirSync(out).filter((name) => !name.startsWith("."));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

function expectAll(out: string): void {
  expect(results(out).sort()).toEqual(results(at("expected")).sort());
  for (const name of results(out)) {
    expect([name, readFileSync(join(out, name)).equals(readFileSync(join(at("expected"), name)))]).toEqual([
      name,
      true,
    ]);
  }
}

/** The journal's lines, one for each time that a picture was done. */
const doneIn = (out: string) =>
  readFileSync(join(out, ".smxc", "journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: string }).output);

it("gives each picture once, as run does, when a worker is killed and Redis restarts", async () => {
  const out = at("killed");
  await add("killed", out);
  expect(JSON.parse((await add("killed", out)).stdout)).toMatchObject({ added: 0, before: PICTURES });
  expect(await status("killed")).toMatchObject({ waiting: PICTURES, active: 0, completed: 0, failed: [] });
  const first = work("killed");
  await until(() => results(out).length >= 2);
  first.child.kill("SIGKILL");
  await first.ended;
  const done = results(out).length;
  expect(done).toBeLessThan(PICTURES);
  const others = [work("killed", "--until-empty"), work("killed", "--until-empty")];
  await until(() => results(out).length > done);
  await redis.stop("SIGKILL");
  await redis.start();
  expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0]);
  expectAll(out);
  // A picture may be noted, and its worker killed before it has its name: then it is noted again.
  expect(new Set(doneIn(out)).size).toBe(PICTURES);
  expect(doneIn(out).length).toBeLessThanOrEqual(PICTURES + 2);
  expect(await status("killed")).toMatchObject({ waiting: 0, active: 0, completed: PICTURES, failed: [] });
});

it("lists bad pictures and does not try them again, several in a job", async () => {
  const bad = mkdtempSync(at("bad-"));
  writeFileSync(join(bad, "bad.png"), "no picture");
  const out = at("some");
  await add("some", out, join(bad, "bad.png"), "--per-job", "4");
  const worker = work("some", "--until-empty", "--json");
  expect(await worker.ended).toBe(1);
  expect(JSON.parse(worker.told())).toMatchObject({ written: PICTURES, failed: [{ input: join(bad, "bad.png") }] });
  expectAll(out);
  const after = await status("some");
  expect(after).toMatchObject({ waiting: 0, active: 0, completed: PICTURES });
  expect(after.failed).toEqual([
    { picture: join(bad, "bad.png"), error: expect.stringContaining("image/unknown-format") },
  ]);
  const again = await add("some", out, join(bad, "bad.png"), "--per-job", "4");
  expect(JSON.parse(again.stdout)).toMatchObject({ added: 0 });
  rmSync(join(bad, "bad.png"));
  await sharp(at("in/0.png")).toFile(join(bad, "bad.png"));
  await add("some", out, join(bad, "bad.png"), "--per-job", "4", "--retry-failed");
  expect(await work("some", "--until-empty").ended).toBe(0);
  expect(await status("some")).toMatchObject({ waiting: 0, completed: PICTURES + 1, failed: [] });
});

it("finishes what runs when it is told to end, and leaves the rest to others", async () => {
  const out = at("ended");
  await add("ended", out);
  const worker = work("ended");
  await until(() => results(out).length >= 1);
  worker.child.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  const { waiting, active, completed } = await status("ended");
  expect({ active, all: waiting + completed }).toEqual({ active: 0, all: PICTURES });
  expect(completed).toBe(results(out).length);
  expect(completed).toBeLessThan(PICTURES);
});

it("refuses other options while pictures wait, another model, and an address without a server", async () => {
  const argv = ["queue", "add", at("m.json"), at("in"), "-o", at("ended"), "--redis", redis.url, "--queue", "ended"];
  const other = await smxc([...argv, "--context", "patch", "--tile", "64"], folder.path);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("error[queue/other-plan]");
  const model = readFileSync(at("m.json"));
  writeFileSync(at("m.json"), `${model.toString()} `);
  const worker = work("ended", "--until-empty");
  expect(await worker.ended).toBe(1);
  expect(worker.told()).toContain("error[queue/other-model]");
  writeFileSync(at("m.json"), model);
  expect((await status("ended")).active).toBe(0);
  const none = await smxc(["queue", "status", "--redis", "redis://127.0.0.1:1"], folder.path);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("error[queue/cannot-connect]");
});
