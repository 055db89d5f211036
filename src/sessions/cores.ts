/** How the cores of a machine are shared out. */

/**
 * What a session is for: parts of pictures, of which many wait to be run, or a picture by itself, which only threads inside
 * its run can divide.
 */
export type SessionUse = "parts" | "alone";

export interface Cores {
  /** Runs at a time, each in a worker of its own. */
  readonly jobs: number;
  /** Threads inside each run. */
  readonly threads: number;
}

export type CorePlan = Readonly<Record<SessionUse, Cores>>;

/** What a user says of them. */
export interface CoreOptions {
  /** Workers, each of which runs a part of a picture, or a picture, at a time; by default as many as there are cores. */
  readonly jobs?: number;
  /** Threads inside each run; by default one where there are many runs, else as many as there are cores. */
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
