/**
 * SIGINT, SIGTERM and SIGHUP are left to the system, which ends the process at once, also in the middle of work that does
 * not let the event loop turn: a listener would wait for its turn. So only who has something to do at the end listens,
 * for as long as there is something to do.
 */

/** Signals that end the program, by a shell's exit code: 128 and the signal's number. What runs at exit tidies up. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

let holders = 0;

/** From now on the signals end the program by its exit code, until all who asked for it release them. */
export function holdSignals(): void {
  if (holders++ === 0) for (const signal of Object.keys(SIGNALS)) process.on(signal, exitBySignal);
}

/** Without a holder the system's default stands. */
export function releaseSignals(): void {
  if (holders > 0 && --holders === 0) for (const signal of Object.keys(SIGNALS)) process.off(signal, exitBySignal);
}

/** The first of the signals that comes; until then none of them ends the program. */
export function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(SIGNALS)) process.once(signal, () => resolve());
  });
}

function exitBySignal(signal: keyof typeof SIGNALS): void {
  process.exit(128 + SIGNALS[signal]);
}
