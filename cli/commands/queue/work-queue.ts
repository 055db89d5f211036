/** Takes jobs of a queue until it is empty, a signal comes, or this machine turns out not to be able to do them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { signalled } from "../../files/signals.js";
import type { Context } from "../../flags/command.js";
import { endsAll, type Failure } from "../../pictures/failures.js";
import { isRefusal, type OpenQueue } from "./connect.js";
import { countFate, fatesOf } from "./counts.js";
import { readPlan } from "./plan.js";
import { PlanNetworks } from "./plan-networks.js";
import { isEmpty } from "./read-status.js";
import { taskOfData } from "./records.js";
import type { Task, TaskData } from "./tasks.js";
import { workTask } from "./work-task.js";

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

/** So many workers may die with a picture before it is taken for the reason: machines that can be taken away often are. */
const MOST_DEATHS = 10;

/** The next picture is read, and the last one written, while one runs. */
const AHEAD = 1;

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
  const failures: Failure[] = [];
  let [written, before, busy] = [0, 0, 0];
  let ended: { readonly cause: unknown } | undefined;
  const endBy = (cause: unknown): void => {
    ended ??= { cause };
    stop.abort();
  };

  const giveBack = async (job: Job<TaskData>, token: string | undefined): Promise<never> => {
    await job.moveToWait(token);
    throw new bull.WaitingError();
  };

  /** What is no task is none on another machine either. */
  const taskOf = async (job: Job<TaskData>): Promise<Task> => {
    try {
      return { id: job.id!, data: taskOfData(job.data, job.id!) };
    } catch (cause) {
      if (!(cause instanceof SmxcError)) throw cause;
      failures.push({ input: `job ${job.id}`, diagnostics: cause.diagnostics, kind: cause.kind });
      if (!context.json) await context.fail(cause.diagnostics);
      throw new bull.UnrecoverableError(cause.message);
    }
  };

  const work = async (job: Job<TaskData>, token: string | undefined): Promise<void> => {
    const task = await taskOf(job);
    const isFirstTry = job.attemptsStarted <= 1;
    const fates = isFirstTry ? [] : await fatesOf(redis, queue, task);
    const bad = fates.flatMap((fate) => (fate !== undefined && "error" in fate ? [fate.error] : []));
    const end = await networks
      .use(task.data.plan, async (opened) => {
        worker.concurrency = opened.network.parallel + AHEAD;
        return workTask(context, opened, task, {
          fates,
          isFirstTry,
          isLastTry: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
          stop: stop.signal,
          report: context.report,
          async tell(index, fate, failure) {
            await countFate(redis, queue, task, index, fate);
            if ("error" in fate) bad.push(fate.error);
            if (failure === undefined) {
              if ("done" in fate && fate.done === "now") written++;
              else before++;
              return;
            }
            failures.push(failure);
            if (!context.json) await context.fail(failure.diagnostics);
            // The next result could not be written either.
            if (endsAll(failure)) stop.abort();
          },
        });
      })
      .catch((cause: unknown) => {
        // The model, which is nothing that is wrong with the picture. Defects are the job's.
        if (!(cause instanceof SmxcError)) throw cause;
        endBy(cause);
        return "given back" as const;
      });
    if (end === "given back") await giveBack(job, token);
    if (end === "again") throw new Error("a file could not be read or written, or a worker ended");
    if (bad.length > 0) throw new bull.UnrecoverableError(bad[0]!);
  };

  const connection = open.connect();
  const worker = new bull.Worker<TaskData>(
    queue.name,
    async (job, token) => {
      busy++;
      try {
        await work(job, token);
      } catch (cause) {
        // Nothing can be told to Redis: the job is left to other workers.
        if (isRefusal(cause)) endBy(cause);
        throw cause;
      } finally {
        busy--;
      }
    },
    {
      connection,
      skipVersionCheck: true,
      concurrency: 1,
      lockDuration: lease * 1000,
      stalledInterval: lease * 500,
      maxStalledCount: MOST_DEATHS - 1,
    },
  );
  // A lost connection is told of by the queue's.
  worker.on("error", (cause) => {
    if (isRefusal(cause)) endBy(cause);
  });

  if (untilEmpty) void stopWhenEmpty(queue, stop, () => busy > 0);
  void signalled().then(() => {
    context.note("what runs is finished, the rest is given back; a second signal ends at once");
    stop.abort();
  });
  await new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  await worker.close();
  connection.disconnect();
  await networks.close();
  if (ended !== undefined) throw ended.cause;
  return { written, before, failures };
}

/** Asks the queue while this worker does nothing. */
async function stopWhenEmpty(queue: OpenQueue["queue"], stop: AbortController, isBusy: () => boolean): Promise<void> {
  const { signal } = stop;
  for (let wait: number = ASK_MS[0]; !signal.aborted; wait = isBusy() ? ASK_MS[0] : Math.min(2 * wait, ASK_MS[1])) {
    await sleep(wait, undefined, { signal }).catch(() => {});
    if (!isBusy() && !signal.aborted && (await isEmpty({ queue }).catch(() => false))) stop.abort();
  }
}
