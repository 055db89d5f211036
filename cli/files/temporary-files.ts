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

/**
 * Removes what processes that are no more left beside targets; each folder is looked at once. What belongs to other names
 * stays: a process of another machine, which this one does not see, may be writing it.
 */
export async function removeStaleOf(targets: readonly string[]): Promise<void> {
  const namesIn = new Map<string, Set<string>>();
  for (const target of targets) {
    const names = namesIn.get(dirname(target)) ?? new Set();
    namesIn.set(dirname(target), names.add(basename(target)));
  }
  for (const [folder, names] of namesIn) {
    for (const name of await readdir(folder)) {
      const [, target = "", pid] = TEMPORARY.exec(name) ?? [];
      if (pid === undefined || !names.has(target) || isAnotherLiveProcess(Number(pid))) continue;
      await rm(join(folder, name), { force: true });
    }
  }
}

const TEMPORARY = /^\.(.+)\.smxc-(\d{1,10})\.tmp$/s;

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
