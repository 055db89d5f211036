/** Pictures, what `smxc run` makes of them, a Redis server, and workers as processes, which are ended afterwards. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { expect } from "vitest";
import { type Ended, MAIN, smxc, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type RedisServer, startRedis } from "./redis.js";

export interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  told(): string;
}

export interface QueueStatus {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: readonly { readonly picture: string; readonly error: string }[];
}

export interface Fleet {
  readonly redis: RedisServer;
  /** In a folder that is removed. */
  at(name: string): string;
  queue(name: string): Queue;
  close(): Promise<void>;
}

export interface Queue {
  /** The command line of `smxc queue <verb>` for this queue. */
  line(verb: string, ...more: readonly string[]): readonly string[];
  run(verb: string, ...more: readonly string[]): Promise<Ended>;
  /** Adds the pictures, and more; what is told. */
  add(out: string, ...more: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  status(): Promise<QueueStatus>;
  /** Starts a worker that is taken for dead after two seconds. */
  work(...more: readonly string[]): Worker;
  /** The same, with a module that is loaded before the program. */
  workWith(module: string, ...more: readonly string[]): Worker;
}

/** The pictures are `in/0.png` and so on, the model is `m.json`, and what is to come of them is in `expected`. */
export async function openFleet(pictures: number, sideOf = (index: number): number => 100 + 4 * index): Promise<Fleet> {
  const folder = temporaryFolder();
  const { at } = folder;
  mkdirSync(at("redis"));
  const redis = await startRedis(at("redis"));
  await succeed(["import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json")], folder.path);
  mkdirSync(at("in"));
  for (let index = 0; index < pictures; index++) {
    await sharp(fixture("images", "patch.png"))
      .resize(sideOf(index), sideOf(index), { fit: "fill" })
      .png()
      .toFile(at(`in/${index}.png`));
  }
  await succeed(["run", at("m.json"), at("in"), "-o", at("expected"), "--quiet"], folder.path);
  const workers: ChildProcess[] = [];
  const start = (argv: readonly string[]): Worker => {
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
    workers.push(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
    }
    return {
      child,
      ended: new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal))),
      told: () => text,
    };
  };
  return {
    redis,
    at,
    queue(name) {
      const line = (verb: string, ...more: readonly string[]) => {
        return ["queue", verb, ...more, "--redis", redis.url, "--queue", name];
      };
      const working = (more: readonly string[]) => [MAIN, ...line("work", "--lease", "2", "--jobs", "1", ...more)];
      return {
        line,
        run: (verb, ...more) => smxc(line(verb, ...more), folder.path),
        async add(out, ...more) {
          const { stdout } = await succeed(
            line("add", at("m.json"), at("in"), "-o", out, "--json", ...more),
            folder.path,
          );
          return JSON.parse(stdout);
        },
        status: async () => JSON.parse((await succeed(line("status", "--json"), folder.path)).stdout),
        work: (...more) => start(working(more)),
        workWith: (module, ...more) => start(["--import", module, ...working(more)]),
      };
    },
    async close() {
      for (const worker of workers) worker.kill("SIGKILL");
      await redis.stop();
      folder.remove();
    },
  };
}

/** Names of a folder's pictures. */
export const results = (out: string): readonly string[] => readdirSync(out).filter((name) => !name.startsWith("."));

/** The same names with the same bytes. */
export function expectSame(out: string, expected: string): void {
  expect(results(out).toSorted()).toEqual(results(expected).toSorted());
  const others = results(out).filter(
    (name) => !readFileSync(join(out, name)).equals(readFileSync(join(expected, name))),
  );
  expect(others).toEqual([]);
}

/** The journal's lines, one for each time that a picture was done. */
export const doneIn = (out: string): readonly string[] =>
  readFileSync(join(out, ".smxc", "journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: string }).output);

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}
