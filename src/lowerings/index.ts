import { direct } from "./direct.js";
import { gather } from "./gather.js";
import { grouped } from "./grouped.js";
import type { Lowering } from "./lowering.js";
import { unfold } from "./unfold.js";

/** The ways to run a mixed convolution. */
export const LOWERINGS: readonly Lowering[] = [gather, direct, grouped, unfold];
