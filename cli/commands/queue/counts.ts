/**
 * How many pictures there are and how many are done. BullMQ counts jobs, which hold several pictures, may run twice and are
 * forgotten some time after they are done. So each job's entry holds what became of each of its pictures, and totals change
 * together with it, in one step of Redis: a picture counts once, however often its job is run.
 */
import type { Redis } from "ioredis";
import type { TaskQueue } from "./connect.js";
import type { Task } from "./tasks.js";

/** What became of a picture. `error` is one line for each of its errors. */
export type Fate = { readonly done: "now" | "before" } | { readonly error: string };

export interface Totals {
  readonly added: number;
  readonly completed: number;
}

const DONE = "done";
/** Field of a job's entry: its number of pictures, once they are in the total. */
const COUNTED = "smxc";
const fieldOf = (index: number | string): string => `${COUNTED}:${index}`;

/** What is done is counted over spans of so many seconds, of which so many are looked at for the speed. */
const SPAN_SECONDS = 10;
const SPANS = 30;

/** KEYS: totals, and each job. ARGV: pictures of each job. */
const ADD = `
local added = 0
for index = 2, #KEYS do
  local pictures = ARGV[index - 1]
  if redis.call('EXISTS', KEYS[index]) == 1 and redis.call('HSETNX', KEYS[index], '${COUNTED}', pictures) == 1 then
    added = added + pictures
  end
end
return redis.call('HINCRBY', KEYS[1], 'added', added)`;

/** KEYS: job, totals, spans of time. ARGV: pictures of the job, field, fate, whether it was done now. */
const MARK = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[1], '${COUNTED}', ARGV[1]) == 1 then redis.call('HINCRBY', KEYS[2], 'added', ARGV[1]) end
local before = redis.call('HGET', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if ARGV[3] ~= '${DONE}' or before == '${DONE}' then return 1 end
redis.call('HINCRBY', KEYS[2], 'completed', 1)
if ARGV[4] == '1' then
  local span = math.floor(redis.call('TIME')[1] / ${SPAN_SECONDS})
  redis.call('HINCRBY', KEYS[3], span, 1)
  redis.call('HDEL', KEYS[3], span - ${SPANS} - 1)
end
return 1`;

/** KEYS: job, totals. ARGV: fields of its pictures. */
const FORGET = `
local counted = redis.call('HGET', KEYS[1], '${COUNTED}')
if not counted then return 0 end
local completed = 0
for _, fate in ipairs(redis.call('HMGET', KEYS[1], unpack(ARGV))) do
  if fate == '${DONE}' then completed = completed + 1 end
end
redis.call('HINCRBY', KEYS[2], 'added', -counted)
-- Of zero, minus zero would be a text that Redis takes for no number.
redis.call('HINCRBY', KEYS[2], 'completed', 0 - completed)
redis.call('HDEL', KEYS[1], '${COUNTED}', unpack(ARGV))
return 1`;

const TOTALS = "smxc-totals";
const SPEED = "smxc-speed";

const keysOf = (queue: TaskQueue, id: string) => [queue.toKey(id), queue.toKey(TOTALS), queue.toKey(SPEED)] as const;

/** Counts jobs that were added; again is no harm. */
export async function countAdded(redis: Redis, queue: TaskQueue, jobs: readonly Task[]): Promise<void> {
  const keys = [queue.toKey(TOTALS), ...jobs.map(({ id }) => queue.toKey(id))];
  await redis.eval(ADD, keys.length, ...keys, ...jobs.map(({ data }) => data.pictures.length));
}

export async function countFate(
  redis: Redis,
  queue: TaskQueue,
  { id, data }: Task,
  index: number,
  fate: Fate,
): Promise<void> {
  const stored = "done" in fate ? [DONE, fate.done === "now" ? "1" : "0"] : [`!${fate.error}`, "0"];
  await redis.eval(MARK, 3, ...keysOf(queue, id), data.pictures.length, fieldOf(index), ...stored);
}

/** Takes a job that is going to be removed out of the totals. */
export async function forget(redis: Redis, queue: TaskQueue, { id, data }: Task): Promise<void> {
  const [job, totals] = keysOf(queue, id);
  await redis.eval(FORGET, 2, job, totals, ...data.pictures.map((_, index) => fieldOf(index)));
}

/** Of each picture of a job what became of it, and undefined where nothing did yet. */
export async function fatesOf(
  redis: Redis,
  queue: TaskQueue,
  { id, data }: Task,
): Promise<readonly (Fate | undefined)[]> {
  const stored = await redis.hmget(queue.toKey(id), ...data.pictures.map((_, index) => fieldOf(index)));
  return stored.map((text) => {
    if (text === null) return undefined;
    return text === DONE ? { done: "before" } : { error: text.slice(1) };
  });
}

export async function readTotals(redis: Redis, queue: TaskQueue): Promise<Totals> {
  const [added, completed] = await redis.hmget(queue.toKey(TOTALS), "added", "completed");
  return { added: Number(added ?? 0), completed: Number(completed ?? 0) };
}

/** Pictures per second of all workers, over the last minutes; undefined where none was done. */
export async function readSpeed(redis: Redis, queue: TaskQueue): Promise<number | undefined> {
  const [spans, [seconds]] = await Promise.all([redis.hgetall(queue.toKey(SPEED)), redis.time()]);
  const now = Number(seconds) / SPAN_SECONDS;
  const recent = Object.entries(spans)
    .map(([span, count]) => [Number(span), Number(count)] as const)
    .filter(([span]) => span > now - SPANS);
  if (recent.length === 0) return undefined;
  const first = Math.min(...recent.map(([span]) => span));
  const pictures = recent.reduce((sum, [, count]) => sum + count, 0);
  return pictures / (Math.max(1, now - first) * SPAN_SECONDS);
}
