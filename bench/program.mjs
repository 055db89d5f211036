/** Runs the built program as a process of its own and reports what it cost. */
import { fileURLToPath } from "node:url";
import { runProcess } from "./processes.mjs";

/** The build to measure; another one for comparisons between versions. */
export const DIST = new URL(process.env.SMXC_DIST ?? "../dist/", import.meta.url);
const MAIN = fileURLToPath(new URL("cli/main.js", DIST));

/**
 * @param args the command line behind `smxc`
 * @param folder where it runs; where this process does when absent
 * @returns what `runProcess` does
 */
export function runProgram(args, folder = process.cwd()) {
  return runProcess([MAIN, ...args], { cwd: folder });
}
