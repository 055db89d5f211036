/** What repeated timings show. Times are milliseconds; the same index in two lists is the same round. */
import { randomNumbers } from "../base/random.js";

export interface TimeSummary {
  readonly minMs: number;
  readonly medianMs: number;
  /** Distance between the quartiles, as a share of the median: how noisy the machine was. */
  readonly spread: number;
}

/** How one graph's times compare with those of another that ran in the same rounds. */
export interface Comparison {
  /** Ratio of the minima: noise only ever adds time, so the minimum is closest to what the work itself takes. */
  readonly ratio: number;
  /** Where 95 % of the ratios of minima lie when the rounds are drawn again, with replacement. */
  readonly ratioInterval: readonly [low: number, high: number];
  /** Median over the rounds of the ratio within a round. */
  readonly pairedRatio: number;
}

const RESAMPLES = 1000;
const SEED = 1;

/** @throws RangeError without times */
export function summariseTimes(times: readonly number[]): TimeSummary {
  if (times.length === 0) throw new RangeError("no times to summarise");
  const sorted = [...times].sort((a, b) => a - b);
  const medianMs = quantile(sorted, 0.5);
  return { minMs: sorted[0]!, medianMs, spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / medianMs };
}

/** @throws RangeError when the lists are empty or differ in length */
export function compareTimes(times: readonly number[], baseline: readonly number[]): Comparison {
  if (times.length === 0 || times.length !== baseline.length) throw new RangeError("rounds must be paired");
  const random = randomNumbers(SEED);
  const resampled = Array.from({ length: RESAMPLES }, () => {
    let own = Number.POSITIVE_INFINITY;
    let other = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < times.length; draw++) {
      const round = Math.floor(random() * times.length);
      own = Math.min(own, times[round]!);
      other = Math.min(other, baseline[round]!);
    }
    return own / other;
  }).sort((a, b) => a - b);
  const paired = times.map((time, round) => time / baseline[round]!).sort((a, b) => a - b);
  return {
    ratio: smallest(times) / smallest(baseline),
    ratioInterval: [quantile(resampled, 0.025), quantile(resampled, 0.975)],
    pairedRatio: quantile(paired, 0.5),
  };
}

function smallest(times: readonly number[]): number {
  return times.reduce((least, time) => Math.min(least, time));
}

/** Of a sorted list, with linear interpolation. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}
