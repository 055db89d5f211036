/** Adds jobs that are not there yet, and again those whose work has to be done again. */
import { stat } from "node:fs/promises";
import type { OpenQueue } from "./connect.js";
import { countAdded, forget } from "./counts.js";
import { otherPlan } from "./errors.js";
import { readPlan } from "./plan.js";
import { pairsOf, type Task } from "./tasks.js";

/** BullMQ's advice for work that may be done more than once and must be done at least once. */
const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: "exponential", delay: 500 },
  removeOnComplete: { count: 1000 },
  removeOnFail: false,
} as const;

/** So many go to Redis in one step, which holds all others up. */
const STEP = 1000;

export interface Added {
  /** Pictures that are in the queue since now. */
  readonly added: number;
  /** Those that were in it, or are done. */
  readonly before: number;
  /** Those that failed and are left so. */
  readonly failed: number;
}

export interface AddOptions {
  /** Whether jobs that failed are tried again. */
  readonly retry: boolean;
  onProgress(pictures: number): void;
}

/** @throws SmxcError `usage` where a picture waits with another plan; then no further one is added */
export async function addTasks(
  open: OpenQueue,
  tasks: readonly Task[],
  { retry, onProgress }: AddOptions,
): Promise<Added> {
  const { queue, redis } = open;
  const sums: Record<Standing | "other", number> = { new: 0, stands: 0, failed: 0, again: 0, other: 0 };
  for (let start = 0; start < tasks.length; start += STEP) {
    const step = tasks.slice(start, start + STEP);
    const standings = await standingsOf(open, step, retry);
    const others = step.filter((_, index) => standings[index] === "other");
    if (others.length > 0) throw await refused(open, others);
    const again = step.filter((_, index) => standings[index] === "again");
    for (const task of again) {
      await forget(redis, queue, task);
      await queue.remove(task.id);
    }
    const added = step.filter((_, index) => standings[index] === "new" || standings[index] === "again");
    await queue.addBulk(added.map(({ id, data }) => ({ name: "pictures", data, opts: { ...JOB_OPTIONS, jobId: id } })));
    await countAdded(
      redis,
      queue,
      step.filter((_, index) => standings[index] !== "failed"),
    );
    for (const [index, { data }] of step.entries()) sums[standings[index]!] += data.pictures.length;
    onProgress(sums.new + sums.again + sums.stands + sums.failed);
  }
  return { added: sums.new + sums.again, before: sums.stands, failed: sums.failed };
}

/** Of a job that is to be added: it is not there; waits, runs or is done; failed; is done no more; or waits with another plan. */
type Standing = "new" | "stands" | "failed" | "again" | "other";

async function standingsOf(
  { queue, redis }: OpenQueue,
  tasks: readonly Task[],
  retry: boolean,
): Promise<readonly Standing[]> {
  const pipeline = redis.pipeline();
  for (const { id } of tasks) {
    pipeline.hmget(queue.toKey(id), "data", "finishedOn");
    pipeline.zscore(queue.toKey("failed"), id);
  }
  const answers = ((await pipeline.exec()) ?? []).map(([cause, answer]) => {
    if (cause) throw cause;
    return answer;
  });
  const standings: Standing[] = [];
  for (const [index, task] of tasks.entries()) {
    const [data, finishedOn] = answers[2 * index] as readonly (string | null)[];
    const same = typeof data === "string" && (JSON.parse(data) as Task["data"]).plan === task.data.plan;
    if (data === null || data === undefined) standings.push("new");
    else if (finishedOn === null) standings.push(same ? "stands" : "other");
    else if (answers[2 * index + 1] !== null) standings.push(same && !retry ? "failed" : "again");
    else standings.push(same && (await areThere({ queue, redis }, task)) ? "stands" : "again");
  }
  return standings;
}

async function areThere({ queue, redis }: Pick<OpenQueue, "queue" | "redis">, { data }: Task): Promise<boolean> {
  const { folder } = await readPlan(redis, queue, data.plan);
  const found = await Promise.all(
    pairsOf(data, folder).map(({ output }) =>
      stat(output).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

async function refused({ queue, redis }: OpenQueue, tasks: readonly Task[]) {
  const { folder } = await readPlan(redis, queue, tasks[0]!.data.plan);
  const outputs = tasks.flatMap(({ data }) => pairsOf(data, folder).map(({ output }) => output));
  return otherPlan(outputs, outputs.length - 1);
}
