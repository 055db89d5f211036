/** Takes jobs of a queue until it is empty, a signal comes, or this machine turns out not to be able to do them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Worker } from "bullmq";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { signalled } from "../../files/signals.js";
import type { Context } from "../../flags/command.js";
import { endsAll, type Failure } from "../../pictures/failures.js";
import { isRefusal, type OpenQueue } from "./connect.js";
import { countFate, type Fate, fatesOf } from "./counts.js";
import { readPlan } from "./plan.js";
import { PlanNetworks } from "./plan-networks.js";
import { isEmpty } from "./read-status.js";
import { taskOfData } from "./records.js";
import type { Task, TaskData } from "./tasks.js";
import { type WorkTaskOptions, workTask } from "./work-task.js";

export interface WorkOptions {
  readonly jobs: number | undefined;
  readonly untilEmpty: boolean;
  /** After so many seconds of silence another worker takes a job over. */
  readonly lease: number;
}

export interface Work {
  readonly written: number;
  /** Pictures that were found done. */
  readonly before: number;
  readonly failures: readonly Failure[];
}

/** How soon a worker that does nothing asks whether the queue is empty; each time it waits twice as long, up to the second. */
const ASK_MS = [250, 4000] as const;

/**
 * A picture counts as the cause if so many workers died with it. The number is above one, because machines in the
 * cloud are often taken away.
 */
const MOST_DEATHS = 10;

/** The next picture is read, and the last one written, while one runs. */
const AHEAD = 1;

/** What the jobs of this worker have in common. */
interface Working {
  readonly context: Context;
  readonly open: OpenQueue;
  readonly networks: PlanNetworks;
  /** Set when no further job is to be taken. */
  readonly stop: AbortController;
  readonly failures: Failure[];
  written: number;
  before: number;
  /** Why this worker cannot go on. */
  ended?: { readonly cause: unknown };
}

/**
 * @throws SmxcError where a plan cannot be followed on this machine; its jobs are given back
 * @throws what `isRefusal` says of
 */
export async function workQueue(
  context: Context,
  open: OpenQueue,
  { jobs, untilEmpty, lease }: WorkOptions,
): Promise<Work> {
  const { queue, redis, bull } = open;
  const networks = new PlanNetworks((id) => readPlan(redis, queue, id), jobs, context);
  const stop = new AbortController();
  const working: Working = { context, open, networks, stop, failures: [], written: 0, before: 0 };
  let busy = 0;
  const take = async (job: Job<TaskData>, token: string | undefined): Promise<void> => {
    busy++;
    try {
      await workJob(working, worker, job, token);
    } catch (cause) {
      // Redis does not answer: the job is left to other workers.
      if (isRefusal(cause)) endBy(working, cause);
      throw cause;
    } finally {
      busy--;
    }
  };
  const connection = open.connect();
  const worker = new bull.Worker<TaskData>(queue.name, take, {
    connection,
    skipVersionCheck: true,
    concurrency: 1,
    lockDuration: lease * 1000,
    stalledInterval: lease * 500,
    maxStalledCount: MOST_DEATHS - 1,
  });
  // A lost connection is reported by the queue's.
  worker.on("error", (cause) => {
    if (isRefusal(cause)) endBy(working, cause);
  });

  if (untilEmpty) void stopWhenEmpty(queue, stop, () => busy > 0);
  void signalled().then(() => {
    context.note("finishing the pictures in progress; the others go back to the queue. A second signal ends at once");
    stop.abort();
  });
  await new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  await worker.close();
  connection.disconnect();
  await networks.close();
  const { ended, written, before, failures } = working;
  if (ended !== undefined) throw ended.cause;
  return { written, before, failures };
}

function endBy(working: Working, cause: unknown): void {
  working.ended ??= { cause };
  working.stop.abort();
}

/** @throws what makes BullMQ give the job back, try it again, or list it as failed */
async function workJob(
  working: Working,
  worker: Worker<TaskData>,
  job: Job<TaskData>,
  token: string | undefined,
): Promise<void> {
  const { queue, redis, bull } = working.open;
  const task = await taskOf(working, job);
  const isFirstTry = job.attemptsStarted <= 1;
  const isLastTry = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  const fates = isFirstTry ? [] : await fatesOf(redis, queue, task);
  const bad = fates.flatMap((fate) => (fate !== undefined && "error" in fate ? [fate.error] : []));
  const onFate: WorkTaskOptions["onFate"] = async (index, fate, failure) => {
    await countFate(redis, queue, task, index, fate);
    if ("error" in fate) bad.push(fate.error);
    await noteFate(working, fate, failure);
  };
  const { context, networks, stop } = working;
  const end = await networks
    .use(task.data.plan, async (opened) => {
      worker.concurrency = opened.network.parallel + AHEAD;
      const { report } = context;
      return workTask(context, opened, task, { fates, isFirstTry, isLastTry, stop: stop.signal, report, onFate });
    })
    .catch((cause: unknown) => {
      // The model, which is nothing that is wrong with the picture. Defects are the job's.
      if (!(cause instanceof SmxcError)) throw cause;
      endBy(working, cause);
      return "given back" as const;
    });
  if (end === "given back") {
    await job.moveToWait(token);
    throw new bull.WaitingError();
  }
  if (end === "again") throw new Error("a file could not be read or written, or a worker ended");
  if (bad.length > 0) throw new bull.UnrecoverableError(bad[0]!);
}

/** What is no task is none on another machine either. */
async function taskOf({ context, open, failures }: Working, job: Job<TaskData>): Promise<Task> {
  try {
    return { id: job.id!, data: taskOfData(job.data, job.id!) };
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    failures.push({ input: `job ${job.id}`, diagnostics: cause.diagnostics, kind: cause.kind });
    if (!context.json) await context.fail(cause.diagnostics);
    throw new open.bull.UnrecoverableError(cause.message);
  }
}

/** Counts what became of a picture, and says it where it failed. */
async function noteFate(working: Working, fate: Fate, failure: Failure | undefined): Promise<void> {
  if (failure === undefined) {
    if ("done" in fate && fate.done === "now") working.written++;
    else working.before++;
    return;
  }
  working.failures.push(failure);
  if (!working.context.json) await working.context.fail(failure.diagnostics);
  // The next result could not be written either.
  if (endsAll(failure)) working.stop.abort();
}

/** Asks the queue while this worker does nothing. */
async function stopWhenEmpty(queue: OpenQueue["queue"], stop: AbortController, isBusy: () => boolean): Promise<void> {
  const { signal } = stop;
  for (let wait: number = ASK_MS[0]; !signal.aborted; wait = isBusy() ? ASK_MS[0] : Math.min(2 * wait, ASK_MS[1])) {
    await sleep(wait, undefined, { signal }).catch(() => {});
    if (!isBusy() && !signal.aborted && (await isEmpty({ queue }).catch(() => false))) stop.abort();
  }
}
