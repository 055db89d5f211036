/**
 * What a 3×3 convolution costs, directly and in each Winograd form: a model of a few terms, each a count of what is done times a
 * rate that was measured (rates.ts). docs/explain/lowerings.md shows how well it predicts.
 */
import type { Dim } from "../../ir/dim.js";
import { sizeOf } from "../../ir/typical-size.js";
import type { Target } from "../targets.js";
import type { WinogradForm } from "./forms.js";
import { PARALLEL, type ParallelShares, RATES, type Rates } from "./rates.js";
import { cellsPerStrip, stripCount } from "./strip-count.js";

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

const TAPS = 9;

/** @param form undefined: the direct convolution */
export function costOf(problem: LayerProblem, form: WinogradForm | undefined, options: CostOptions): Cost {
  const measured = options.measured?.get(costKey(problem, form, options));
  if (measured !== undefined) return { ns: measured, measured: true };
  return { ns: form ? canvasOver(problem, form, options) : directOver(problem, options), measured: false };
}

/** Nanoseconds that it takes to bring so many elements onto a canvas, or from it into a picture. */
export function layoutCost(elements: number, options: CostOptions): number {
  return meanOf(kindsOf(options).map(({ rates, slower }) => elements * rates.layout * slower.transform));
}

/** A kind of machine, and what the time of one thread is multiplied by with the threads that are asked for. */
interface Kind {
  readonly rates: Rates;
  readonly slower: ParallelShares;
}

function kindsOf({ target, threads = 1 }: CostOptions): readonly Kind[] {
  const over = (share: number): number => 1 - share + share / threads;
  const rates = RATES[target === "wasm" ? "wasm" : "cpu"];
  return (["avx2", "avx512"] as const).map((kind) => {
    const { product, transform } = PARALLEL[kind];
    return { rates: rates[kind], slower: { product: over(product), transform: over(transform) } };
  });
}

/** The geometric mean. */
function meanOf(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1) ** (1 / values.length);
}

const directOn = (problem: LayerProblem, { rates, slower }: Kind): number =>
  directCost(problem, rates) * slower.product;

function directOver(problem: LayerProblem, options: CostOptions): number {
  return meanOf(kindsOf(options).map((kind) => directOn(problem, kind)));
}

/**
 * With one thread the mean over the kinds of machine. With several they differ so much that a mean hides losses: the share of the direct
 * convolution's time that it takes where it takes the most, so that in doubt the direct convolution runs.
 */
function canvasOver(problem: LayerProblem, form: WinogradForm, options: CostOptions): number {
  const kinds = kindsOf(options);
  const on = kinds.map((kind) => canvasCost(problem, form, kind));
  if ((options.threads ?? 1) === 1) return meanOf(on);
  const worst = Math.max(...kinds.map((kind, index) => on[index]! / directOn(problem, kind)));
  return worst * directOver(problem, options);
}

/** Under what a measurement is kept: everything that the time depends on. */
export function costKey(problem: LayerProblem, form: WinogradForm | undefined, options: CostOptions): string {
  return `${options.target}, ${options.threads ?? 1} threads: ${problemText(problem)}: ${form?.name ?? "direct"}`;
}

/** Channels, sizes, experts. */
export function problemText({ channels, out, height, width, experts }: LayerProblem): string {
  const size = [height, width].map((dim) => (typeof dim === "number" ? dim : `open@${sizeOf(dim)}`)).join("x");
  const kernel = experts > 0 ? `${experts} experts` : "constant";
  return `${channels} to ${out}, ${size}, ${kernel}`;
}

function directCost({ channels, out, height, width, experts }: LayerProblem, rates: Rates): number {
  const area = sizeOf(height) * sizeOf(width);
  const macs = channels * out * TAPS * area;
  if (experts === 0) return macs * rates.constant;
  return macs * rates.direct + channels * TAPS * area * rates.gather + experts * channels * out * TAPS * rates.mix;
}

function canvasCost(problem: LayerProblem, form: WinogradForm, { rates, slower }: Kind): number {
  const { channels, out, experts } = problem;
  const work = canvasWork(problem, form);
  const { cells, points } = work;
  const [m1, m2, n2] = [form.rows.m, form.columns.m, form.columns.n];
  // Along the width n2 values for each of a cell's m1 rows, then n1·n2; and back, and once more into the order of the picture.
  const moved = cells * (channels * (n2 * m1 + points) + out * (points + n2 * m1 + m1 * m2));
  const kernel = experts > 0 ? channels * out * (experts * TAPS * rates.mix + (TAPS + points) * rates.points) : 0;
  const products = channels * out * points * (cells * rates.product + work.strips * rates.pack);
  const rest = moved * rates.transform + work.copied * rates.copy + work.cleared * rates.ragged + kernel + rates.layer;
  return products * slower.product + rest * slower.transform;
}

interface CanvasWork {
  readonly points: number;
  /** Of the canvas, with those that strips add. */
  readonly cells: number;
  readonly strips: number;
  /** Elements of the input that are copied into windows, and of the result whose rows are cleared. */
  readonly copied: number;
  readonly cleared: number;
}

function canvasWork({ channels, out, height, width }: LayerProblem, { rows, columns }: WinogradForm): CanvasWork {
  const [h, w] = [sizeOf(height), sizeOf(width)];
  const cellColumns = Math.ceil(w / columns.m);
  const strips = stripCount(Math.ceil(h / rows.m), cellColumns, cellsPerStrip(Math.max(channels, out)));
  const cellRows = strips * Math.ceil(Math.ceil(h / rows.m) / strips);
  const open = typeof height !== "number" || typeof width !== "number";
  const wholeRows = !open && cellRows * rows.m === h;
  const whole = wholeRows && cellColumns * columns.m === w && strips === 1;
  return {
    points: rows.n * columns.n,
    cells: cellRows * cellColumns,
    strips,
    copied: whole ? 0 : h * w * channels,
    cleared: wholeRows ? 0 : cellRows * rows.m * cellColumns * columns.m * out,
  };
}
