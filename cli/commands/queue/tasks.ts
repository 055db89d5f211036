/** What a job of the queue is: some pictures of one plan. */
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import type { PicturePair } from "../../pictures/plan.js";

/** As it lies in Redis, once for each job: a name says less than a path, of which there are many. */
export interface TaskData {
  /** Of the plan's entry. */
  readonly plan: string;
  /** The picture's path and the result's name in the plan's folder. */
  readonly pictures: readonly (readonly [input: string, name: string])[];
}

export interface Task {
  readonly id: string;
  readonly data: TaskData;
}

/** So many jobs are quick to add, to list and to take. */
const MANY_JOBS = 20_000;
const MOST_PER_JOB = 64;

/** One picture in each job, and of large sets as many as keep the number of jobs handy. */
export function usualPerJob(pictures: number): number {
  let perJob = 1;
  while (perJob < MOST_PER_JOB && pictures / perJob > MANY_JOBS) perJob *= 2;
  return perJob;
}

/**
 * Divides pictures into jobs. The bounds depend only on the names, so that a picture that is added later changes one
 * job, and the same pictures always make the same jobs.
 *
 * @param perJob pictures in a job on average; at most twice as many
 */
export function tasksOf(plan: string, pairs: readonly PicturePair[], perJob: number): readonly Task[] {
  const tasks: Task[] = [];
  let [group, hashes]: [PicturePair[], string[]] = [[], []];
  const close = (): void => {
    if (group.length > 0) tasks.push(taskOf(plan, group, hashes));
    [group, hashes] = [[], []];
  };
  for (const pair of pairs) {
    const hash = sha256(resolve(pair.output));
    group.push(pair);
    hashes.push(hash);
    if (group.length >= 2 * perJob || Number.parseInt(hash.slice(0, 8), 16) % perJob === 0) close();
  }
  close();
  return tasks;
}

/** Of the pictures of a job. */
export function pairsOf({ pictures }: TaskData, folder: string): readonly PicturePair[] {
  return pictures.map(([input, name]) => ({ input, output: join(folder, name) }));
}

function taskOf(plan: string, pairs: readonly PicturePair[], hashes: readonly string[]): Task {
  // The letter keeps it from being a number, which BullMQ gives itself.
  const id = `p${(hashes.length === 1 ? hashes[0]! : sha256(hashes.join())).slice(0, 24)}`;
  return { id, data: { plan, pictures: pairs.map(({ input, output }) => [resolve(input), basename(output)]) } };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
