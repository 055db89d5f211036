import { type Diagnostic, error, SmxcError, warning } from "../../../src/base/diagnostics.js";

export const notInstalled = (packages: readonly string[]): SmxcError =>
  new SmxcError(
    [
      error("queue/not-installed", `queues need ${packages.join(" and ")}, which ${missing(packages)} not installed`, {
        hint: `npm install ${packages.join(" ")} beside smxc; smxc run --shard shares work among machines without them`,
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
      error("queue/redis-refuses", `Redis at ${address} refuses: ${why}`, {
        hint: REFUSALS.find(([answer]) => answer.test(why))?.[1] ?? "look into its log and its configuration",
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
  [/^NOPERM/, "give an address with a user that may run all commands on the keys of the queue"],
  [/^OOM/, "give it more memory (redis-cli config set maxmemory 4gb); what is added stays, and the same add goes on"],
  [/^READONLY/, "it is a replica: give the address of the server that it copies"],
  [/^MISCONF/, "it cannot write its log: make room on its disk"],
];

export const noRedis = (address: string): SmxcError =>
  new SmxcError(
    [
      error("queue/no-redis", `what answers at ${address} is no Redis`, {
        hint: "give the address of redis-server or valkey-server; with TLS it begins with rediss://",
      }),
    ],
    "io",
  );

export const lessMemory = (needed: number, machine: number): Diagnostic =>
  warning(
    "queue/less-memory",
    `the pictures were added to be run in up to ${megabytes(needed)} MB at a time here, and this machine has ${megabytes(machine)} MB`,
    { hint: "work with fewer --jobs, or add the pictures with the --memory of the smallest machine" },
  );

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

export const mayForget = (address: string, policy: string): Diagnostic =>
  warning("queue/may-forget", `Redis at ${address} drops entries when its memory is full (${policy})`, {
    hint: "redis-cli config set maxmemory-policy noeviction",
  });

export const inMemoryOnly = (address: string): Diagnostic =>
  warning("queue/in-memory-only", `Redis at ${address} keeps no log: the queue is lost when it restarts`, {
    hint: "start it with --appendonly yes",
  });

export const notFromPipes = (inputs: readonly string[]): SmxcError =>
  new SmxcError(
    inputs.map((file) =>
      error("usage/queue-takes-files", "a queue's pictures are files, which its workers open", {
        file,
        hint: "write it to a file that all workers see",
      }),
    ),
    "usage",
  );

export const otherPlan = (outputs: readonly string[], others: number): SmxcError =>
  new SmxcError(
    [
      error(
        "queue/other-plan",
        `the queue holds this picture with another model or other options${others > 0 ? `, and so ${others} more` : ""}`,
        { file: outputs[0]!, hint: "wait until they are done, write to another folder, or name another --queue" },
      ),
    ],
    "usage",
  );

export const otherModel = (file: string): SmxcError =>
  new SmxcError([
    error("queue/other-model", "the model is not the one that the pictures were added with", {
      file,
      hint: "give every machine the same files; what was given to the queue stays there for other workers",
    }),
  ]);

export const otherVersion = (theirs: string, ours: string): SmxcError =>
  new SmxcError([
    error("queue/other-version", `the pictures were added by smxc ${theirs}, and this is ${ours}`, {
      hint: "give every machine the same version, since another may round differently",
    }),
  ]);

export const planIsGone = (queue: string): SmxcError =>
  new SmxcError([
    error("queue/no-plan", `the queue ${queue} holds pictures without the model and options that go with them`, {
      hint: "something else removed entries of Redis; add the pictures again to another queue",
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
