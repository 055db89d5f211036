/**
 * What a 3×3 convolution costs, directly and in each Winograd form: a model of a few terms, each a count of what is done times a
 * rate that was measured (rates.ts). docs/lowerings.md tells how well it predicts.
 */
import type { Dim } from "../../ir/dim.js";
import type { Target } from "../targets.js";
import type { WinogradForm } from "./forms.js";
import { RATES, type Rates } from "./rates.js";

/** A 3×3 convolution of stride 1 and one zero around, for one sample. */
export interface LayerProblem {
  readonly channels: number;
  readonly out: number;
  readonly height: Dim;
  readonly width: Dim;
  /** Experts that are mixed at run time; 0 for a constant kernel. */
  readonly experts: number;
}

export interface CostOptions {
  readonly target: Target;
  /** Threads inside one operator; 1 when absent. */
  readonly threads?: number;
  /** Nanoseconds measured on the machine at hand, by `costKey`: they stand above the model. */
  readonly measured?: ReadonlyMap<string, number>;
}

export interface Cost {
  readonly ns: number;
  readonly measured: boolean;
}

/** The size at which an open height or width is judged. */
export const TYPICAL_SIZE = 96;
const TAPS = 9;

/** @param form undefined: the direct convolution */
export function costOf(problem: LayerProblem, form: WinogradForm | undefined, options: CostOptions): Cost {
  const measured = options.measured?.get(costKey(problem, form, options));
  if (measured !== undefined) return { ns: measured, measured: true };
  const rates = RATES[options.target === "wasm" ? "wasm" : "cpu"];
  const alone = form ? canvasCost(problem, form, rates) : directCost(problem, rates);
  const parallel = form ? rates.parallelCanvas : rates.parallelDirect;
  const threads = options.threads ?? 1;
  return { ns: alone * (1 - parallel + parallel / threads), measured: false };
}

/** Under what a measurement is kept: everything that the time depends on. */
export function costKey(problem: LayerProblem, form: WinogradForm | undefined, options: CostOptions): string {
  const { channels, out, height, width, experts } = problem;
  const size = [height, width].map((dim) => (typeof dim === "number" ? dim : `open@${TYPICAL_SIZE}`)).join("x");
  const kernel = experts > 0 ? `${experts} experts` : "constant";
  return `${options.target}, ${options.threads ?? 1} threads: ${channels} to ${out}, ${size}, ${kernel}: ${form?.name ?? "direct"}`;
}

function directCost({ channels, out, height, width, experts }: LayerProblem, rates: Rates): number {
  const area = sizeOf(height) * sizeOf(width);
  const macs = channels * out * TAPS * area;
  if (experts === 0) return macs * rates.constant;
  return macs * rates.direct + channels * TAPS * area * rates.gather + experts * channels * out * TAPS * rates.mix;
}

function canvasCost(problem: LayerProblem, { rows, columns }: WinogradForm, rates: Rates): number {
  const { channels, out, height, width, experts } = problem;
  const tiles = Math.ceil(sizeOf(height) / rows.m) * Math.ceil(sizeOf(width) / columns.m);
  const points = rows.n * columns.n;
  // Along the width n2 values for each of a tile's m1 rows, then n1·n2; and back, and once more into the order of the picture.
  const moved =
    tiles * (channels * (columns.n * rows.m + points) + out * (points + columns.n * rows.m + columns.m * rows.m));
  const kernel = experts > 0 ? channels * out * (experts * TAPS * rates.mix + (TAPS + points) * rates.points) : 0;
  const open = typeof height === "number" && typeof width === "number" ? 1 : rates.open;
  return points * tiles * channels * out * rates.product + moved * rates.transform * open + kernel + rates.layer;
}

function sizeOf(dim: Dim): number {
  return typeof dim === "number" ? dim : TYPICAL_SIZE;
}
