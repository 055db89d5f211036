/** What the thread that draws progress and the program's own thread both see. */
import type { ProgressState } from "./progress-state.js";

export interface TickerMemory {
  readonly flags: Int32Array;
  readonly numbers: Float64Array;
}

export interface TickerSetup {
  readonly memory: TickerMemory;
  readonly form: "bar" | "json";
  readonly columns: number;
}

const FLAGS = { locked: 0, active: 1, shown: 2 } as const;
const NUMBERS = {
  began: 0,
  done: 1,
  total: 2,
  /** NaN without a step. */
  stepBegan: 3,
  from: 4,
  to: 5,
  seconds: 6,
  drawn: 7,
} as const;

export function newMemory(): TickerMemory {
  return {
    flags: new Int32Array(new SharedArrayBuffer(4 * Object.keys(FLAGS).length)),
    numbers: new Float64Array(new SharedArrayBuffer(8 * Object.keys(NUMBERS).length)),
  };
}

/** Milliseconds of a clock that all threads share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export function setFlag({ flags }: TickerMemory, name: "active" | "shown", value: boolean): boolean {
  return Atomics.exchange(flags, FLAGS[name], value ? 1 : 0) === 1;
}

export function flagOf({ flags }: TickerMemory, name: "active" | "shown"): boolean {
  return Atomics.load(flags, FLAGS[name]) === 1;
}

export function setState({ numbers }: TickerMemory, { began, done, total, step }: ProgressState): void {
  numbers.set([began, done, total, step?.began ?? Number.NaN, step?.from ?? 0, step?.to ?? 0, step?.seconds ?? 0]);
}

export function stateOf({ numbers }: TickerMemory): ProgressState {
  const [began = 0, done = 0, total = 0, stepBegan = Number.NaN, from = 0, to = 0, seconds = 0] = numbers;
  return { began, done, total, ...(Number.isNaN(stepBegan) ? {} : { step: { began: stepBegan, from, to, seconds } }) };
}

export function setDrawn({ numbers }: TickerMemory, time: number): void {
  numbers[NUMBERS.drawn] = time;
}

export function drawnOf({ numbers }: TickerMemory): number {
  return numbers[NUMBERS.drawn]!;
}

/** No drawing takes as long: who holds the lock has ended. */
const LONGEST_MS = 1000;

/** Runs work while the other thread does none that it locks out. */
export function locked<T>({ flags }: TickerMemory, work: () => T): T {
  const until = sharedNow() + LONGEST_MS;
  while (Atomics.compareExchange(flags, FLAGS.locked, 0, 1) !== 0 && sharedNow() < until) {
    Atomics.wait(flags, FLAGS.locked, 1, LONGEST_MS / 10);
  }
  try {
    return work();
  } finally {
    Atomics.store(flags, FLAGS.locked, 0);
    Atomics.notify(flags, FLAGS.locked);
  }
}
