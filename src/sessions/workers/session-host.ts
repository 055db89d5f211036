/** Where sessions are opened: in a pool of workers, or in the thread that asks. */
import { SmxcError } from "../../base/diagnostics.js";
import type { CorePlan, SessionUse } from "../cores.js";
import type { Session, SessionOptions } from "../session.js";
import type { WorkerModel, WorkerSessionOptions } from "./protocol.js";
import { SessionPool } from "./session-pool.js";
import type { StartWorker } from "./worker-port.js";

export interface SessionHost {
  readonly plan: CorePlan;
  /** @throws SmxcError as the sessions of the target */
  open(model: WorkerModel, use: SessionUse): Promise<Session>;
  /** Ends what is under way and its workers, after which the process can end. */
  release(): Promise<void>;
}

export interface HostOptions {
  readonly plan: CorePlan;
  /** What every session is opened with, beside its threads. */
  readonly options: Omit<WorkerSessionOptions, "threads">;
  /** Starts workers; absent: all is run by the thread that asks. */
  readonly start?: StartWorker | undefined;
  /** Which uses go to workers. */
  readonly inWorkers: readonly SessionUse[];
  /** Whether the thread that asks does the work where no worker can be started, as in bundles that leave them out. */
  readonly fallsBack: boolean;
  /** A session in the thread that asks. */
  create(model: WorkerModel, options: WorkerSessionOptions): Promise<Session>;
}

export function sessionHost({ plan, options, start, inWorkers, fallsBack, create }: HostOptions): SessionHost {
  const size = Math.max(...inWorkers.map((use) => plan[use].jobs));
  let pool = start && size > 0 ? new SessionPool(start, size) : undefined;
  return {
    plan,
    async open(model, use) {
      const { jobs, threads } = plan[use];
      const each: SessionOptions = { ...options, threads };
      if (pool === undefined || !inWorkers.includes(use)) return create(model, each);
      try {
        return await pool.open(model, each, jobs);
      } catch (cause) {
        if (!fallsBack || !hasNoWorkers(cause)) throw cause;
        await pool.release();
        pool = undefined;
        return create(model, each);
      }
    },
    release: async () => pool?.release(),
  };
}

function hasNoWorkers(cause: unknown): boolean {
  return cause instanceof SmxcError && cause.diagnostics[0]?.code === "runtime/worker-ended";
}
