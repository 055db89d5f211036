/** A file takes the place of another, also where other programs look at both for a moment. */
import { setTimeout as sleep } from "node:timers/promises";

/** What Windows says while a scanner, an indexer or a sync client holds one of the two open. */
const HELD: ReadonlySet<string | undefined> = new Set(["EPERM", "EACCES", "EBUSY"]);
/** About one second in all, before the error is believed. */
const ATTEMPTS = 10;
const PAUSE_MS = 20;

/** @throws what `rename` throws, on Windows after it was tried for about a second where the file may be held */
export async function renameOver(
  from: string,
  to: string,
  { rename }: { rename(from: string, to: string): Promise<void> },
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (platform !== "win32" || !HELD.has(code) || attempt === ATTEMPTS) throw cause;
      await sleep(attempt * PAUSE_MS);
    }
  }
}
