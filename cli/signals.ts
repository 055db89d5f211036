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

function exitBySignal(signal: keyof typeof SIGNALS): void {
  process.exit(128 + SIGNALS[signal]);
}
