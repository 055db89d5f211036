/** BullMQ and ioredis, which are loaded when they are used, and a connection that was seen to work. */
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Reporter } from "../../../src/base/diagnostics.js";
import type { Output } from "../../terminal/output.js";
import { cannotConnect, inMemoryOnly, mayForget, noRedis, notInstalled, refuses } from "./errors.js";
import type { TaskData } from "./tasks.js";

export type TaskQueue = Queue<TaskData>;

export interface OpenQueue {
  /** Of the server, without a password. */
  readonly address: string;
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

/**
 * While Redis does not answer later on, it is waited for, and a note says so.
 *
 * @throws SmxcError `usage` where packages are missing; `io` where nothing answers, no Redis does, or it refuses
 */
export async function withQueue<T>(
  { redis, queue }: { readonly redis: string; readonly queue: string },
  output: Pick<Output, "report" | "note">,
  work: (open: OpenQueue) => Promise<T>,
): Promise<T> {
  const open = await openQueue(redis, queue, output);
  try {
    return await work(open);
  } catch (cause) {
    throw isRefusal(cause) ? refuses(open.address, cause.message) : cause;
  } finally {
    await open.close();
  }
}

/** Whether it is an answer of Redis, which the same command would get again. */
export function isRefusal(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === "ReplyError" && !cause.message.startsWith("LOADING");
}

async function openQueue(
  url: string,
  name: string,
  { report, note }: Pick<Output, "report" | "note">,
): Promise<OpenQueue> {
  const [bull, ioredis] = await Promise.all([orMissing(import("bullmq")), orMissing(import("ioredis"))]);
  if (bull === undefined || ioredis === undefined) {
    throw notInstalled([...(bull ? [] : ["bullmq"]), ...(ioredis ? [] : ["ioredis"])]);
  }
  await probe(ioredis.Redis, url, report);
  // Commands wait while Redis restarts. Connections are made again by ioredis.
  const connect = (): Redis => new ioredis.Redis(url, { maxRetriesPerRequest: null }).on("error", () => {});
  const redis = connect();
  let isReachable = true;
  redis.on("error", ({ message }: Error) => {
    if (isReachable) note(`Redis does not answer; waiting for it: ${message}`);
    isReachable = false;
  });
  redis.on("ready", () => {
    if (!isReachable) note("Redis answers again");
    isReachable = true;
  });
  const queue: TaskQueue = new bull.Queue(name, { connection: redis, skipVersionCheck: true });
  queue.on("error", () => {});
  return {
    address: withoutPassword(url),
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

/** Asks once, and does not try again: an address that is wrong is reported at once. A server that is starting is waited for later. */
async function probe(Client: typeof Redis, url: string, report: Reporter): Promise<void> {
  const address = withoutPassword(url);
  const once = {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    connectTimeout: FIRST_ANSWER_MS,
    commandTimeout: FIRST_ANSWER_MS,
  };
  const client = new Client(url, once);
  let failure: Error | undefined;
  client.on("error", (cause: Error) => {
    failure = cause;
  });
  try {
    await client.connect();
    const info = await client.info();
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    if (policy !== undefined && policy !== "noeviction") report(mayForget(address, policy));
    if (/^aof_enabled:0/m.test(info)) report(inMemoryOnly(address));
  } catch (cause) {
    const { name, message } = failure ?? (cause as Error);
    if (name === "ReplyError") throw refuses(address, message);
    // ioredis has no class for an answer that it cannot read.
    throw message.includes("RESP type") ? noRedis(address) : cannotConnect(address, message || name);
  } finally {
    client.disconnect();
  }
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
