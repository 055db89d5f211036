/** How far some work is, by what was reported of it and the time since. */

export interface ProgressState {
  /** Of the whole work, in milliseconds of any clock. */
  readonly began: number;
  /** In the unit of the total. */
  readonly done: number;
  readonly total: number;
  /** What is expected of the step that is going on. */
  readonly step?: Step | undefined;
}

/** Work that reports nothing until it is done. */
export interface Step {
  readonly began: number;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/** From this share of the expected time on, a step is taken to be late. */
const LATE = 0.9;

/** The state after so much was reported. What is left of a step goes on as fast as what is done of it. */
export function advanced(state: ProgressState, done: number, now: number): ProgressState {
  const { step } = state;
  if (step === undefined || done >= step.to) return { ...state, done, step: undefined };
  if (done <= step.from) return { ...state, done };
  const seconds = (((now - step.began) / 1000) * (step.to - done)) / (done - step.from);
  return { ...state, done, step: { began: now, from: done, to: step.to, seconds } };
}

/** What is done by now: by the time, where a step is going on, and never all of that step. */
export function doneBy({ done, step }: ProgressState, now: number): number {
  if (step === undefined || step.seconds <= 0) return done;
  const share = (now - step.began) / 1000 / step.seconds;
  const moved = share <= LATE ? share : 1 - (1 - LATE) * Math.exp((LATE - share) / (1 - LATE));
  return Math.max(done, step.from + (step.to - step.from) * Math.max(0, Math.min(moved, 0.999)));
}

/** The share of the work that is done, from 0 to 1. */
export function fractionBy(state: ProgressState, now: number): number {
  return state.total > 0 ? Math.min(1, Math.max(0, doneBy(state, now) / state.total)) : 0;
}

/** Seconds until the end, if the rest goes as what is done went; undefined while nothing is done. */
export function secondsLeft(state: ProgressState, now: number): number | undefined {
  const fraction = fractionBy(state, now);
  return fraction > 0 ? (((now - state.began) / fraction) * (1 - fraction)) / 1000 : undefined;
}
