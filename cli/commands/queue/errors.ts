import { type Diagnostic, error, SmxcError, warning } from "../../../src/base/diagnostics.js";

export const notInstalled = (packages: readonly string[]): SmxcError =>
  new SmxcError(
    [
      error("queue/not-installed", `queues need ${packages.join(" and ")}, which ${missing(packages)} not installed`, {
        hint: `install with npm install ${packages.join(" ")} beside smxc, or share the work without a queue: smxc run --shard`,
      }),
    ],
    "usage",
  );

export const cannotConnect = (address: string, why: string): SmxcError =>
  new SmxcError(
    [
      error("queue/cannot-connect", `Redis at ${address} does not answer: ${why}`, {
        hint: "start redis-server or valkey-server, and give its address: --redis redis://host:6379",
      }),
    ],
    "io",
  );

/** What answers is no Redis, or takes no such command: `why` is its answer. */
export const refuses = (address: string, why: string): SmxcError =>
  new SmxcError(
    [
      error("queue/redis-refuses", `Redis at ${address} refused a command: ${why}`, {
        hint: REFUSALS.find(([answer]) => answer.test(why))?.[1] ?? "check its log and its configuration",
      }),
    ],
    "io",
  );

/** What Redis answers, and what helps. */
const REFUSALS: readonly (readonly [answer: RegExp, hint: string])[] = [
  [
    /^(NOAUTH|WRONGPASS)/,
    "give name and password in the address: --redis redis://name:password@host:6379, or redis://:password@…",
  ],
  [/^NOPERM/, "give the address of a user who may run all commands on the keys of the queue"],
  [
    /^OOM/,
    "give it more memory (redis-cli config set maxmemory 4gb), then repeat the command; pictures that were added stay in the queue",
  ],
  [/^READONLY/, "this server is a replica; give the address of its primary"],
  [/^MISCONF/, "Redis cannot write its log; free space on its disk"],
];

export const noRedis = (address: string): SmxcError =>
  new SmxcError(
    [
      error("queue/no-redis", `the server at ${address} is not Redis`, {
        hint: "give the address of redis-server or valkey-server; with TLS it begins with rediss://",
      }),
    ],
    "io",
  );

export const lessMemory = (needed: number, machine: number): Diagnostic =>
  warning(
    "queue/less-memory",
    `the runs of these pictures may use up to ${megabytes(needed)} MB at a time here; this machine has ${megabytes(machine)} MB`,
    { hint: "use fewer --jobs, or add the pictures with the --memory of the smallest machine" },
  );

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

export const mayForget = (address: string, policy: string): Diagnostic =>
  warning(
    "queue/may-forget",
    `Redis at ${address} deletes entries when its memory is full (${policy}), so pictures can get lost`,
    {
      hint: "change that with redis-cli config set maxmemory-policy noeviction",
    },
  );

export const inMemoryOnly = (address: string): Diagnostic =>
  warning("queue/in-memory-only", `Redis at ${address} does not save its data; the queue is lost when it restarts`, {
    hint: "start it with --appendonly yes",
  });

export const notFromPipes = (inputs: readonly string[]): SmxcError =>
  new SmxcError(
    inputs.map((file) =>
      error("usage/queue-takes-files", "a queue takes pictures only as files, which its workers open", {
        file,
        hint: "write it to a file that all workers can open",
      }),
    ),
    "usage",
  );

export const otherPlan = (outputs: readonly string[], others: number): SmxcError =>
  new SmxcError(
    [
      error(
        "queue/other-plan",
        `the queue already holds this picture${others > 0 ? ` and ${others} more` : ""} with another model or other options`,
        {
          file: outputs[0]!,
          hint: "wait until the queue is done with them, write to another folder, or use another --queue",
        },
      ),
    ],
    "usage",
  );

export const otherModel = (file: string): SmxcError =>
  new SmxcError([
    error("queue/other-model", "the model is not the one with which the pictures were added", {
      file,
      hint: "give every machine the same files; the pictures stay in the queue for other workers",
    }),
  ]);

export const otherVersion = (theirs: string, ours: string): SmxcError =>
  new SmxcError([
    error("queue/other-version", `the pictures were added by smxc ${theirs}, but this is smxc ${ours}`, {
      hint: "install the same version on every machine; another may round differently",
    }),
  ]);

export const planIsGone = (queue: string): SmxcError =>
  new SmxcError([
    error("queue/no-plan", `the queue ${queue} holds pictures, but not the model and options that belong to them`, {
      hint: "another program removed entries from Redis; add the pictures again, to another queue",
    }),
  ]);

/** @param why the first thing that is wrong with it */
export const notAPlan = (queue: string, why: string): SmxcError =>
  new SmxcError([
    error("queue/bad-plan", `the queue ${queue} holds a plan that smxc does not write: ${why}`, {
      hint: "something else writes to this Redis; add the pictures again to another queue",
    }),
  ]);

/** @param why the first thing that is wrong with it */
export const notATask = (job: string, why: string): SmxcError =>
  new SmxcError([
    error("queue/bad-task", `the queue holds a job that smxc does not write: ${why}`, {
      place: `job ${job}`,
      hint: "something else writes to this Redis; remove the job, and add the pictures again",
    }),
  ]);

function missing(packages: readonly string[]): string {
  return packages.length === 1 ? "is" : "are";
}
