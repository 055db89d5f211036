/** BullMQ and ioredis, which are loaded when they are used, and a connection that was seen to work. */
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Reporter } from "../../../src/base/diagnostics.js";
import { cannotConnect, inMemoryOnly, mayForget, notInstalled } from "./errors.js";
import type { TaskData } from "./tasks.js";

export type TaskQueue = Queue<TaskData>;

export interface OpenQueue {
  readonly bull: typeof import("bullmq");
  readonly queue: TaskQueue;
  /** For what BullMQ has no words for. */
  readonly redis: Redis;
  /** A further connection, for a worker's waiting. */
  connect(): Redis;
  close(): Promise<void>;
}

/** How long the first answer may take. */
const FIRST_ANSWER_MS = 5000;

/** @throws SmxcError `usage` where packages are missing; `io` where nothing answers */
export async function openQueue(url: string, name: string, report: Reporter): Promise<OpenQueue> {
  const [bull, ioredis] = await Promise.all([orMissing(import("bullmq")), orMissing(import("ioredis"))]);
  if (bull === undefined || ioredis === undefined) {
    throw notInstalled([...(bull ? [] : ["bullmq"]), ...(ioredis ? [] : ["ioredis"])]);
  }
  await probe(ioredis.Redis, url, report);
  // While Redis restarts, commands wait for it.
  const connect = (): Redis => quiet(new ioredis.Redis(url, { maxRetriesPerRequest: null }));
  const redis = connect();
  const queue: TaskQueue = new bull.Queue(name, { connection: redis, skipVersionCheck: true });
  queue.on("error", () => {});
  return {
    bull,
    queue,
    redis,
    connect,
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

/** Asks once, and does not try again: an address that is wrong is told at once. */
async function probe(Client: typeof Redis, url: string, report: Reporter): Promise<void> {
  const address = withoutPassword(url);
  const once = {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: FIRST_ANSWER_MS,
  };
  const client = new Client(url, once);
  let failure: Error | undefined;
  client.on("error", (cause: Error) => {
    failure = cause;
  });
  try {
    await client.connect();
    const told = await client.info();
    const policy = /^maxmemory_policy:(\S+)/m.exec(told)?.[1];
    if (policy !== undefined && policy !== "noeviction") report(mayForget(address, policy));
    if (/^aof_enabled:0/m.test(told)) report(inMemoryOnly(address));
  } catch (cause) {
    throw cannotConnect(address, (failure ?? (cause as Error)).message || String(failure ?? cause));
  } finally {
    client.disconnect();
  }
}

/** ioredis connects again by itself; without a listener each failure would be printed. */
function quiet(client: Redis): Redis {
  return client.on("error", () => {});
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

async function orMissing<T>(loading: Promise<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw cause;
  }
}
