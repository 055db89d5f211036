/** The flags of commands that restore pictures. */
import { defaultMemory } from "../../src/restore/cost/memory-node.js";
import type { ContextOptions } from "../../src/restore/network.js";
import type { CoreOptions } from "../../src/sessions/cores.js";
import { choice, flag, grouped, type OptionSpec, option, optionOr } from "./command.js";
import { targetFlag } from "./compile-flags.js";
import { integerFrom, integerOr, positiveInteger } from "./values.js";

const MOST_JOBS = 1024;
const MOST_THREADS = 1024;
const HEADING = "How it runs:";

/** What `--context` takes, the usual one first. */
export const CONTEXTS = ["auto", "whole", "patch", "global", "trained"] as const;

export const contextFlags = {
  context: grouped(
    HEADING,
    choice(
      "--context <kind>",
      "the part of a picture from which a router computes β. auto: the whole picture, in one piece if that fits into --memory, else in parts with the same result; whole: the whole picture, always in one piece; global: the whole picture, always in parts; patch: each patch of the training size, as in the published evaluation; trained: as in the training",
      CONTEXTS,
      "auto",
    ),
  ),
  tile: grouped(
    HEADING,
    optionOr(
      "--tile <n>",
      "side of the tiles in pixels (with --context patch: rows of a band): a number, auto (as large as --memory allows) or off (one piece)",
      integerOr("auto", "off"),
      "auto",
    ),
  ),
  memory: grouped(
    HEADING,
    option(
      "--memory <MB>",
      "memory that a run may use; the process itself needs about 150 MB more (default: half of the memory of the machine or container)",
      integerFrom(1),
    ),
  ),
  globalSamples: grouped(
    HEADING,
    option("--global-samples <n>", "with --context global: estimate β from n tiles instead of all", positiveInteger),
  ),
  jobs: grouped(
    HEADING,
    option(
      "--jobs <n>",
      "number of workers; each runs one picture, or one part of a picture, at a time. The number changes the result at most in the last bits (default: one per core)",
      integerFrom(1, MOST_JOBS),
    ),
  ),
  threads: grouped(
    HEADING,
    option(
      "--threads <n>",
      "threads inside each run (default: 1 if there is more than one part or picture, else one per core)",
      integerFrom(1, MOST_THREADS),
    ),
  ),
  target: grouped(HEADING, targetFlag),
  selfEnsemble: grouped(HEADING, flag("--self-ensemble", "average the results of all eight flips and rotations")),
} as const;

export function contextOptionsOf(
  options: {
    readonly [Key in keyof typeof contextFlags]: (typeof contextFlags)[Key] extends OptionSpec<infer T> ? T : never;
  },
): ContextOptions & CoreOptions & { readonly memory: number } {
  const { context, tile, memory, globalSamples, jobs, threads } = options;
  return {
    tile,
    memory: memory === undefined ? defaultMemory() : memory * 1e6,
    ...(context === "auto" ? {} : { context }),
    ...(globalSamples === undefined ? {} : { samples: globalSamples }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(threads === undefined ? {} : { threads }),
  };
}
