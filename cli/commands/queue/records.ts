/** Plans and jobs as they lie in Redis, where anyone who reaches it may have written: they are checked before they are followed. */
import { basename } from "node:path";
import * as z from "zod";
import { VERSION } from "../../../src/base/version.js";
import { IMAGE_FORMATS } from "../../../src/files/image-format.js";
import { PICTURE_COLORS } from "../../../src/frontends/document/document.js";
import { TARGETS } from "../../../src/lowerings/targets.js";
import { CONTEXTS } from "../../flags/context-flags.js";
import { ALPHA_MODES } from "../../flags/result-flags.js";
import { notAPlan, notATask, otherVersion } from "./errors.js";
import type { WorkPlan } from "./plan.js";
import type { TaskData } from "./tasks.js";

/** Without what ends a path for the system, or leads out of its folder. */
const path = z.string().min(1).refine(isWithoutNul, "holds a NUL");
const fileName = path.refine((name) => name === basename(name) && name !== "." && name !== "..", "is no file's name");
const count = z.int().min(1);

const OPTIONS = z.strictObject({
  context: z.enum(CONTEXTS),
  tile: z.union([z.enum(["auto", "off"]), count]),
  memory: count.optional(),
  globalSamples: count.optional(),
  jobs: count.optional(),
  threads: count.optional(),
  target: z.enum(TARGETS),
  selfEnsemble: z.boolean(),
  range: z.tuple([z.number(), z.number()]).optional(),
  color: z.enum(PICTURE_COLORS).optional(),
  scale: count.optional(),
  alpha: z.enum(ALPHA_MODES),
});

const PLAN = z.strictObject({
  smxc: z.string(),
  model: path,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is no hash"),
  folder: path,
  ending: z.string().refine((ending) => IMAGE_FORMATS.some(({ name }) => ending === `.${name}`), "is no format"),
  machine: z.strictObject({ memory: z.number().positive(), jobs: count }),
  options: OPTIONS,
});

const TASK = z.strictObject({ plan: z.string(), pictures: z.array(z.tuple([path, fileName])).min(1) });

/**
 * @param text of a plan's entry
 * @throws SmxcError where it is none, or one of another version, whose plans may look otherwise
 */
export function planOfText(text: string, queue: string): WorkPlan {
  const value = parsed(text);
  const theirs = value instanceof Object && "smxc" in value ? value.smxc : undefined;
  if (typeof theirs === "string" && theirs !== VERSION) throw otherVersion(theirs, VERSION);
  const { data, error } = PLAN.safeParse(value);
  if (data === undefined) throw notAPlan(queue, issueText(error));
  return data as WorkPlan;
}

/** @throws SmxcError where a job's data are no task */
export function taskOfData(data: unknown, job: string): TaskData {
  const { data: task, error } = TASK.safeParse(data);
  if (task === undefined) throw notATask(job, issueText(error));
  return task;
}

/** Undefined where a job's data are no task. */
export function taskIn(data: unknown): TaskData | undefined {
  return TASK.safeParse(data).data;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function isWithoutNul(text: string): boolean {
  return !text.includes("\0");
}

/** The first thing that is wrong: where, and what. */
function issueText({ issues: [issue] }: z.ZodError): string {
  const place = issue!.path.map(String).join(".");
  return place === "" ? issue!.message : `${place}: ${issue!.message}`;
}
