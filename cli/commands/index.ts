import type { Command } from "../command.js";

/** The commands of smxc, in the order of `smxc --help`. */
export const COMMANDS: readonly Command[] = [];
