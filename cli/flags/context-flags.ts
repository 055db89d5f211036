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

export const contextFlags = {
  context: grouped(
    HEADING,
    choice(
      "--context <kind>",
      "what β is pooled over: the whole picture, in one piece where that fits into --memory, else in tiles that give the same (auto); that in one piece (whole) or in tiles (global) in any case; or patches of the training size, as networks are published (patch); or what the network was trained with (trained)",
      ["auto", "whole", "patch", "global", "trained"],
      "auto",
    ),
  ),
  tile: grouped(
    HEADING,
    optionOr(
      "--tile <n>",
      "side of tiles, rows of the bands of patch, in pixels: a number, auto for what fits, or off for one piece",
      integerOr("auto", "off"),
      "auto",
    ),
  ),
  memory: grouped(
    HEADING,
    option(
      "--memory <MB>",
      "memory that a run may take; the process itself takes some 150 MB more (default: half of the machine's, or of the container's)",
      integerFrom(1),
    ),
  ),
  globalSamples: grouped(
    HEADING,
    option("--global-samples <n>", "estimate the β of global from n tiles instead of all", positiveInteger),
  ),
  jobs: grouped(
    HEADING,
    option(
      "--jobs <n>",
      "workers, each of which runs a part of a picture, or a picture, at a time; the result does not depend on it (default: as many as there are cores)",
      integerFrom(1, MOST_JOBS),
    ),
  ),
  threads: grouped(
    HEADING,
    option(
      "--threads <n>",
      "threads inside each run (default: one where there is more than one part or picture, else as many as there are cores)",
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
