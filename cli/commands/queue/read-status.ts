/** How far a queue is. */
import type { OpenQueue } from "./connect.js";
import { fatesOf, readSpeed, readTotals } from "./counts.js";
import { taskIn } from "./records.js";
import type { Task, TaskData } from "./tasks.js";

export interface FailedPicture {
  readonly picture: string;
  readonly error: string;
}

export interface QueueStatus {
  /** Pictures, of all that were ever added, that wait, including those that wait for another try. */
  readonly waiting: number;
  /** Those of jobs that workers have in hand. */
  readonly active: number;
  readonly completed: number;
  readonly failed: readonly FailedPicture[];
  /** Processes that take pictures now. */
  readonly workers: number;
  /** Of all workers together, over the last minutes; null while nothing is done. */
  readonly picturesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Jobs that are read in one step. */
const STEP = 500;

export async function readStatus({ queue, redis }: OpenQueue): Promise<QueueStatus> {
  const failed = await failedPictures({ queue, redis });
  const inHand = await activePictures({ queue, redis });
  const [totals, speed, jobs, workers] = await Promise.all([
    readTotals(redis, queue),
    readSpeed(redis, queue),
    waitingJobs({ queue }),
    queue.getWorkers(),
  ]);
  // A job that was added and not counted, since its adder was killed, holds a picture at least.
  const left = Math.max(jobs, totals.added - totals.completed - failed.length);
  // Some may have been done since they were looked at.
  const active = Math.min(inHand, left);
  return {
    waiting: left - active,
    active,
    completed: totals.completed,
    failed,
    workers: workers.length,
    picturesPerSecond: speed ?? null,
    secondsLeft: left === 0 ? 0 : speed === undefined ? null : left / speed,
  };
}

/** Whether nothing waits, is to be tried again, or is in work. */
export async function isEmpty({ queue }: Pick<OpenQueue, "queue">): Promise<boolean> {
  const [waiting, active] = await Promise.all([waitingJobs({ queue }), queue.getActiveCount()]);
  return waiting + active === 0;
}

async function waitingJobs({ queue }: Pick<OpenQueue, "queue">): Promise<number> {
  const counts = await queue.getJobCounts("waiting", "delayed", "prioritized");
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function activePictures({ queue, redis }: Pick<OpenQueue, "queue" | "redis">): Promise<number> {
  let pictures = 0;
  for (const task of await jobsIn({ queue }, "active")) {
    if (!isTask(task)) continue;
    const fates = await fatesOf(redis, queue, task);
    pictures += fates.filter((fate) => fate === undefined).length;
  }
  return pictures;
}

/** Those of jobs that failed. What is said of the job holds for pictures of which nothing else is known: its workers died. */
async function failedPictures({ queue, redis }: Pick<OpenQueue, "queue" | "redis">): Promise<readonly FailedPicture[]> {
  const pictures: FailedPicture[] = [];
  for (const task of await jobsIn({ queue }, "failed")) {
    if (!isTask(task)) {
      pictures.push({ picture: `job ${task.id}`, error: task.reason });
      continue;
    }
    for (const [index, fate] of (await fatesOf(redis, queue, task)).entries()) {
      if (fate !== undefined && "done" in fate) continue;
      pictures.push({ picture: task.data.pictures[index]![0], error: fate?.error ?? task.reason });
    }
  }
  return pictures;
}

interface FoundJob {
  readonly id: string;
  /** Undefined where it is no task of smxc. */
  readonly data: TaskData | undefined;
  readonly reason: string;
}

function isTask(job: FoundJob): job is FoundJob & Task {
  return job.data !== undefined;
}

async function jobsIn({ queue }: Pick<OpenQueue, "queue">, state: "active" | "failed"): Promise<readonly FoundJob[]> {
  const found: FoundJob[] = [];
  for (let start = 0; ; start += STEP) {
    const jobs = await queue.getJobs([state], start, start + STEP - 1, true);
    for (const job of jobs) {
      if (job?.id !== undefined) found.push({ id: job.id, data: taskIn(job.data), reason: job.failedReason ?? "" });
    }
    if (jobs.length < STEP) return found;
  }
}
