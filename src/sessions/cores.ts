/** How the cores of a machine are shared out. */

/**
 * What a session is for: parts of pictures, of which many wait to be run, or a picture by itself, which only threads inside
 * its run can divide.
 */
export type SessionUse = "parts" | "alone";

export interface Cores {
  /** Number of runs at the same time, each in its own worker. */
  readonly jobs: number;
  /** Threads inside each run. */
  readonly threads: number;
}

export type CorePlan = Readonly<Record<SessionUse, Cores>>;

/** The cores that a user wants to use. */
export interface CoreOptions {
  /** Number of workers; each runs one picture, or one part of a picture, at a time. Default: one per core. */
  readonly jobs?: number;
  /** Threads inside each run; default: 1 if there are many runs, else one per core. */
  readonly threads?: number;
}

/**
 * The number of threads follows from what is to be done, never from the number of workers, since graphs are compiled for
 * it: so results do not depend on `jobs`.
 *
 * @param cores that the process may use
 * @param areMany whether pictures are many, so that those that run by themselves are parts of the work as well
 */
export function planCores({ jobs, threads }: CoreOptions, cores: number, areMany = false): CorePlan {
  const each = threads ?? 1;
  const parts = { jobs: jobs ?? Math.max(1, Math.floor(cores / each)), threads: each };
  return { parts, alone: areMany || threads !== undefined ? parts : { jobs: 1, threads: cores } };
}

/** The plan of a machine that runs so many parts at a time, with the threads of this one. */
export function withJobs(plan: CorePlan, jobs: number): CorePlan {
  const parts = { ...plan.parts, jobs };
  return { parts, alone: plan.alone === plan.parts ? parts : plan.alone };
}
