/**
 * Temporary siblings of outputs: `.<name>.smxc-<pid>.tmp`. A process removes its own however it ends, short of being
 * killed outright; what a killed process left is recognised by its number and removed by the next run for that name.
 */
import { unlinkSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { holdSignals, releaseSignals } from "./signals.js";

const pending = new Set<string>();

export function temporaryName(target: string, pid = process.pid): string {
  return join(dirname(target), `.${basename(target)}.smxc-${pid}.tmp`);
}

/** From now until `forget` the file is removed when the process exits, also by a signal. */
export function remember(temporary: string): void {
  if (pending.size === 0) {
    process.on("exit", removePending);
    holdSignals();
  }
  pending.add(temporary);
}

export function forget(temporary: string): void {
  if (!pending.delete(temporary) || pending.size > 0) return;
  process.off("exit", removePending);
  releaseSignals();
}

/** Removes what processes that are no more left beside `target`. */
export async function removeStale(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = `.${basename(target)}.smxc-`;
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? /^(\d{1,10})\.tmp$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAnotherLiveProcess(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAnotherLiveProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}

function removePending(): void {
  for (const temporary of pending) {
    try {
      unlinkSync(temporary);
    } catch {
      // Not made yet, or renamed already.
    }
  }
}
