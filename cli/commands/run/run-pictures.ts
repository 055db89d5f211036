/** The work of `smxc run`: from file to file, several pictures on their way at the same time. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import type { AlphaMode } from "../../../src/restore/restore.js";
import { removeStaleOf } from "../../files/temporary-files.js";
import type { Context } from "../../flags/command.js";
import type { OpenNetwork } from "../../models/open-network.js";
import { attempt, endsAll, type Failure } from "../../pictures/failures.js";
import { Turns, workInFlight } from "../../pictures/in-flight.js";
import type { PicturePlan } from "../../pictures/plan.js";
import type { Done } from "../../restoring/done.js";
import { isWritten, type Outcome, type Size } from "../../restoring/outcome.js";
import { restoreOne } from "../../restoring/restore-one.js";

export interface RunPicturesOptions {
  readonly alpha: AlphaMode;
  readonly selfEnsemble: boolean;
  /** So many pictures run at the same time. */
  readonly parallel: number;
  /** So many are in memory: those that run, and those that are being read or written meanwhile. */
  readonly inFlight: number;
  /** How long a picture of a size is expected to run, where that can be known before. */
  estimatedSeconds?(size: Size): number | undefined;
  /** What is done already, and what is noted of what is done. */
  readonly done?: Done;
}

export interface RunPictures {
  /** Of the pictures that did not fail, in the order of the plan. */
  readonly results: readonly Outcome[];
  readonly failures: readonly Failure[];
}

/** The share of a picture's work that is done when it has run; the rest is writing it. */
const RUNNING = 0.95;

/**
 * Continues after a picture that fails, unless its result could not be written, because then all others would fail
 * too. Results, failures and warnings are reported in the order of the plan.
 */
export async function restorePictures(
  context: Context,
  network: OpenNetwork,
  { pairs, format }: PicturePlan,
  { parallel, inFlight, estimatedSeconds, ...options }: RunPicturesOptions,
): Promise<RunPictures> {
  await removeStaleOf(pairs.map(({ output }) => output));
  const results: Outcome[] = [];
  const failures: Failure[] = [];
  const turns = new Turns(parallel);
  const bar = context.progress("restoring", pairs.length, "picture");
  const pace = new Pace();
  const shares = new Map<number, number>();
  let finished = 0;
  const now = (): number => [...shares.values()].reduce((sum, share) => sum + share, finished);
  const show = (): void => bar.update(now());
  try {
    await workInFlight(pairs, {
      count: inFlight,
      work: async (pair, index, signal) => {
        const warnings: Diagnostic[] = [];
        const onProgress = (share: number): void => {
          shares.set(index, share * RUNNING);
          show();
        };
        const tried = await attempt(pair.input, () =>
          restoreOne(context, network, pair, {
            ...options,
            format,
            signal,
            onProgress,
            turn: (work) => turns.take(work),
            report: (warning) => warnings.push(warning),
            onBegin: (size) => {
              if (pairs.length === 1) bar.amount(size.width * size.height, "pixel");
              // Of several that run side by side, none is the next to be done.
              const seconds = parallel > 1 ? undefined : (estimatedSeconds?.(size) ?? pace.secondsOf(size));
              if (seconds !== undefined) bar.expect(now() + RUNNING, seconds);
            },
            onRan: (size, seconds) => pace.add(size, seconds),
          }),
        ).finally(() => shares.delete(index));
        finished++;
        show();
        return { tried, warnings };
      },
      endsAll: ({ tried }) => "failure" in tried && endsAll(tried.failure),
      onResult: ({ tried, warnings }) => {
        for (const warning of warnings) context.report(warning);
        if ("result" in tried) results.push(tried.result);
        else failures.push(tried.failure);
      },
    });
  } finally {
    bar.end();
  }
  const left = pairs.length - results.length - failures.length;
  if (left > 0) context.note(`${left} picture${left === 1 ? " was" : "s were"} not tried`);
  const before = results.filter((result) => !isWritten(result)).length;
  if (before > 0) context.note(`${pictures(before)} ${before === 1 ? "was" : "were"} already done`);
  return { results, failures };
}

/** Seconds per pixel of the pictures that are done. */
class Pace {
  private pixels = 0;
  private seconds = 0;

  add({ width, height }: Size, seconds: number): void {
    this.pixels += width * height;
    this.seconds += seconds;
  }

  secondsOf({ width, height }: Size): number | undefined {
    return this.pixels === 0 ? undefined : (this.seconds / this.pixels) * width * height;
  }
}

function pictures(count: number): string {
  return `${count} picture${count === 1 ? "" : "s"}`;
}
