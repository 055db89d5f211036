/**
 * The plan that all workers share: the model and all options that can change a byte of a result. It is stored once for
 * many jobs.
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Redis } from "ioredis";
import { VERSION } from "../../../src/base/version.js";
import type { ImageFormat } from "../../../src/files/image-format.js";
import { imageFormat } from "../../../src/pictures/image-node.js";
import type { RestoreOptions } from "../../restoring/restore-options.js";
import type { TaskQueue } from "./connect.js";
import { planIsGone } from "./errors.js";
import { planOfText } from "./records.js";

export interface WorkPlan {
  readonly smxc: string;
  /** An absolute path, or the name of a network that comes with smxc. */
  readonly model: string;
  /** Hash of the model's files. */
  readonly sha256: string;
  readonly folder: string;
  /** Of a picture's format, with a dot. */
  readonly ending: string;
  /** The resources with which the parts of a picture are planned, whatever the worker's machine has. */
  readonly machine: PlannedMachine;
  readonly options: RestoreOptions;
}

export interface PlannedMachine {
  /** Bytes that so many runs at a time may take. */
  readonly memory: number;
  readonly jobs: number;
}

export function planOf(
  { folder, format }: { readonly folder: string; readonly format: ImageFormat },
  model: { readonly path: string; readonly sha256: string },
  machine: PlannedMachine,
  options: RestoreOptions,
): WorkPlan {
  return {
    smxc: VERSION,
    model: model.path,
    sha256: model.sha256,
    folder: resolve(folder),
    ending: `.${format.name}`,
    machine,
    options,
  };
}

export const formatOf = ({ ending }: WorkPlan): ImageFormat => imageFormat(ending);

/** Where all workers find a model: names of shipped networks are the same everywhere. */
export async function placeOfModel(given: string): Promise<string> {
  return (await stat(given).catch(() => undefined)) === undefined ? given : resolve(given);
}

/** @returns its name among the plans of the queue */
export async function storePlan(redis: Redis, queue: TaskQueue, plan: WorkPlan): Promise<string> {
  const text = JSON.stringify(plan);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 12);
  await redis.hset(queue.toKey("smxc-plans"), id, text);
  return id;
}

/** @throws SmxcError where it is gone, and as `planOfText` */
export async function readPlan(redis: Redis, queue: TaskQueue, id: string): Promise<WorkPlan> {
  const text = await redis.hget(queue.toKey("smxc-plans"), id);
  if (text === null) throw planIsGone(queue.name);
  return planOfText(text, queue.name);
}
