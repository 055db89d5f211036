import type { Pass } from "./pass.js";
import { removeDeadNodes } from "./remove-dead-nodes.js";

/** The passes that a dynamic compile runs, in this order. */
export const DYNAMIC_PIPELINE: readonly Pass[] = [removeDeadNodes];
