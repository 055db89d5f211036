/** What a run's routers gave, over all the samples (patches) of the run. */
import type { Betas } from "./restorer.js";

export interface BetaSummary {
  /** `beta.<layer>` */
  readonly name: string;
  readonly experts: number;
  readonly cardinals: number;
  readonly samples: number;
  /** [experts][cardinals] */
  readonly mean: readonly (readonly number[])[];
  readonly least: readonly (readonly number[])[];
  readonly most: readonly (readonly number[])[];
}

interface Sums {
  readonly experts: number;
  readonly cardinals: number;
  samples: number;
  readonly sum: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** Adds up the β of the batches of a run. */
export class BetaCollector {
  private readonly byName = new Map<string, Sums>();

  add(betas: Betas): void {
    for (const [name, { shape, data }] of betas) {
      const [samples, experts, cardinals] = shape as readonly [number, number, number];
      const size = experts * cardinals;
      const sums = this.byName.get(name) ?? newSums(experts, cardinals);
      this.byName.set(name, sums);
      sums.samples += samples;
      for (let at = 0; at < samples * size; at++) {
        const value = data[at]!;
        const element = at % size;
        sums.sum[element]! += value;
        sums.least[element] = Math.min(sums.least[element]!, value);
        sums.most[element] = Math.max(sums.most[element]!, value);
      }
    }
  }

  summaries(): readonly BetaSummary[] {
    return [...this.byName].map(([name, { experts, cardinals, samples, sum, least, most }]) => {
      const rows = (values: Float64Array): readonly (readonly number[])[] =>
        Array.from({ length: experts }, (_, e) => [...values.subarray(e * cardinals, (e + 1) * cardinals)]);
      return {
        name,
        experts,
        cardinals,
        samples,
        mean: rows(sum.map((value) => value / samples)),
        least: rows(least),
        most: rows(most),
      };
    });
  }
}

function newSums(experts: number, cardinals: number): Sums {
  const size = experts * cardinals;
  return {
    experts,
    cardinals,
    samples: 0,
    sum: new Float64Array(size),
    least: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    most: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
  };
}
