/** The flags of commands that restore pictures. */
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
      "what β is pooled over: the whole picture, patches of the training size, or the whole picture in tiles without seams (global); default: what the model was trained with",
      ["trained", "whole", "patch", "global"],
      "trained",
    ),
  ),
  tile: grouped(
    HEADING,
    optionOr(
      "--tile <n>",
      "side of the tiles of global, rows of the bands of patch, in pixels: a number, auto, or off for one piece",
      integerOr("auto", "off"),
      "auto",
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
): ContextOptions & CoreOptions {
  const { context, tile, globalSamples, jobs, threads } = options;
  return {
    tile,
    ...(context === "trained" ? {} : { context }),
    ...(globalSamples === undefined ? {} : { samples: globalSamples }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(threads === undefined ? {} : { threads }),
  };
}
