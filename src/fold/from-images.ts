/** β taken from runs of the network on pictures, and what it costs to hold it fixed. */

import type { BetaTable } from "../passes/given-betas.js";
import { tensorToImage, type ValueRange } from "../pictures/image.js";
import { picturePsnr } from "../pictures/metrics.js";
import type { Tensor } from "../sessions/session.js";
import { allFinite, compareValues, valuesPsnr } from "../verify/compare.js";
import { TOLERANCES } from "../verify/tolerances.js";

/** Outputs of one run, the β among them as `beta.<layer>` [samples, experts, cardinals]. */
export interface ImageRun {
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** How far the folded network's result is from the dynamic one's on a picture. */
export interface FoldCost {
  /** dB, of the network's values over its range; Infinity when they are the same. */
  readonly psnr: number;
  /** dB, of the two results as pictures of 8 bits; Infinity when they are the same. */
  readonly picturePsnr: number;
  /** Largest difference, in the network's values. */
  readonly maxError: number;
}

/** The first β, in the network's order, of a run that holds a value which is NaN or infinite. */
export function notFiniteBeta(run: ImageRun): string | undefined {
  return betaOutputs(run).find(([, { data }]) => !data.every(Number.isFinite))?.[0];
}

/** The mean of every β over all samples of all runs. */
export function meanBetas(runs: readonly ImageRun[]): BetaTable {
  return new Map(
    betaOutputs(runs[0]!).map(([name, { shape }]) => {
      const [, experts, cardinals] = shape as [number, number, number];
      const samples = samplesOf(runs, name, experts * cardinals);
      const mean = (index: number): number => samples.reduce((sum, beta) => sum + beta[index]!, 0) / samples.length;
      return [
        name,
        Array.from({ length: experts }, (_, e) =>
          Array.from({ length: cardinals }, (_unused, d) => mean(e * cardinals + d)),
        ),
      ];
    }),
  );
}

/** For every β, the largest distance of a sample from the mean. */
export function variation(runs: readonly ImageRun[], means: BetaTable): ReadonlyMap<string, number> {
  return new Map(
    [...means].map(([name, rows]) => {
      const mean = rows.flat();
      const distances = samplesOf(runs, name, mean.length).map((beta) =>
        Math.max(...beta.map((value, index) => Math.abs(value - mean[index]!))),
      );
      return [name, Math.max(...distances)];
    }),
  );
}

/** The β of every sample of every run, [experts · cardinals] each. */
function samplesOf(runs: readonly ImageRun[], name: string, size: number): readonly Float32Array[] {
  return runs.flatMap((run) => {
    const { data } = run.outputs.get(name)!;
    return Array.from({ length: data.length / size }, (_, n) => data.subarray(n * size, (n + 1) * size));
  });
}

/** Undefined where values are NaN or infinite: there is no telling how far apart they are. */
export function foldCost(dynamic: ImageRun, folded: ImageRun, output: string, range: ValueRange): FoldCost | undefined {
  const expected = dynamic.outputs.get(output)!;
  const actual = folded.outputs.get(output)!;
  const comparison = compareValues(expected.data, actual.data, TOLERANCES);
  if (!allFinite(comparison)) return undefined;
  return {
    psnr: valuesPsnr(comparison, range[1] - range[0]),
    picturePsnr: picturePsnr(tensorToImage(expected, range), tensorToImage(actual, range), { shave: 0, color: "rgb" }),
    maxError: comparison.maxError,
  };
}

function betaOutputs(run: ImageRun): readonly (readonly [string, Tensor])[] {
  return [...run.outputs].filter(([name]) => name.startsWith("beta."));
}
