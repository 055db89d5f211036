/** How far a run is and how long it will take, from what it has done so far or from how fast the network was before. */

export interface Estimate {
  /** From 0 to 1; undefined where nothing is known. */
  readonly done: number | undefined;
  /** Seconds. */
  readonly left: number | undefined;
}

/** A guess is never shown as finished. */
const MOST_GUESSED = 0.97;
/** Seconds before which a share that is done says little. */
const SETTLED = 0.5;

/**
 * @param elapsed seconds since the run began
 * @param done the share that is done, 0 where the run has not reported yet
 * @param expected seconds that the run is expected to take, where that is known
 */
export function estimate(elapsed: number, done: number, expected: number | undefined): Estimate {
  if (done > 0) {
    const left = elapsed < SETTLED ? undefined : (elapsed * (1 - done)) / done;
    return { done, left };
  }
  if (expected === undefined) return { done: undefined, left: undefined };
  return { done: Math.min(MOST_GUESSED, elapsed / expected), left: Math.max(0, expected - elapsed) };
}

/** Rounded, so that it does not flicker. */
export function timeText(seconds: number): string {
  if (seconds < 1) return "less than a second left";
  if (seconds < 60) return `about ${Math.ceil(seconds)} s left`;
  return `about ${Math.ceil(seconds / 60)} min left`;
}
