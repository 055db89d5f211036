import { diff } from "./diff.mjs";
import { importers } from "./importers.mjs";
import { inspect } from "./inspect.mjs";
import { islands } from "./islands.mjs";
import { pickles } from "./pickles.mjs";
import { queue } from "./queue.mjs";
import { raising } from "./raising.mjs";

/**
 * By name: `about` what is tried; `ending` of files with inputs; `seeds` to begin with; `mutate` a changed copy of an input, or
 * undefined where the change makes none; perhaps `generate` a new one, of which there are a share of `generated`; `run` tells in a
 * word what became of an input, and throws what may not be; `mostMs` of processor time that an input of some bytes may take.
 */
export const TARGETS = new Map(Object.entries({ pickles, importers, inspect, diff, islands, raising, queue }));
