/** Runs one job of the queue: its pictures one after the other; the result of each is reported at once. */
import { type Diagnostic, type Reporter, SmxcError } from "../../../src/base/diagnostics.js";
import { removeStaleOf } from "../../files/temporary-files.js";
import type { Context } from "../../flags/command.js";
import { attempt, type Failure } from "../../pictures/failures.js";
import { isWritten } from "../../restoring/outcome.js";
import { restoreOne } from "../../restoring/restore-one.js";
import type { Fate } from "./counts.js";
import { formatOf } from "./plan.js";
import type { PlanNetwork } from "./plan-networks.js";
import { pairsOf, type Task } from "./tasks.js";

export interface WorkTaskOptions {
  /** Whether the job was begun before: what a killed worker left is removed, and bad pictures are known. */
  readonly fates: readonly (Fate | undefined)[];
  readonly isFirstTry: boolean;
  readonly isLastTry: boolean;
  /** Ends the work between two pictures, and before the next one runs. */
  readonly stop: AbortSignal;
  onFate(index: number, fate: Fate, failure?: Failure): Promise<void>;
  readonly report: Reporter;
}

/** What comes of a job beside the fates of its pictures. */
export type TaskEnd = "done" | "again" | "given back";

/**
 * Reports pictures that cannot be read and continues. Errors that may not happen again are left for another try,
 * unless this is the last.
 */
export async function workTask(
  context: Context,
  { plan, network, done, turns }: PlanNetwork,
  { data }: Task,
  { fates, isFirstTry, isLastTry, stop, onFate, report }: WorkTaskOptions,
): Promise<TaskEnd> {
  const pairs = pairsOf(data, plan.folder);
  if (!isFirstTry) await removeStaleOf(pairs.map(({ output }) => output));
  let end: TaskEnd = "done";
  for (const [index, pair] of pairs.entries()) {
    if (fates[index] !== undefined) continue;
    if (stop.aborted) return "given back";
    const tried = await orStopped(stop, () =>
      attempt(pair.input, () =>
        restoreOne(context, network, pair, {
          alpha: plan.options.alpha,
          selfEnsemble: plan.options.selfEnsemble,
          format: formatOf(plan),
          done,
          // What runs is finished.
          signal: NEVER,
          onBegin() {},
          onRan() {},
          onProgress() {},
          turn: (work) =>
            turns.take(() => {
              stop.throwIfAborted();
              return work();
            }),
          report,
        }),
      ),
    );
    if (tried === undefined) return "given back";
    if ("result" in tried) await onFate(index, { done: isWritten(tried.result) ? "now" : "before" });
    else if (isLastTry || !isTransient(tried.failure)) {
      await onFate(index, { error: linesOf(tried.failure.diagnostics) }, tried.failure);
    } else end = "again";
  }
  return end;
}

const NEVER = new AbortController().signal;

/** Files and workers that fail may not fail the next time; what is wrong with a picture stays wrong. */
function isTransient({ kind, diagnostics }: Failure): boolean {
  return kind === "io" || diagnostics.some(({ code }) => code === "runtime/worker-ended");
}

function linesOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n");
}

async function orStopped<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof SmxcError) && stop.aborted && cause === stop.reason) return undefined;
    throw cause;
  }
}
