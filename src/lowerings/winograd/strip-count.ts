/** Into how many strips a canvas is cut. */
import { type Arithmetic, NUMBERS } from "../../ir/arithmetic.js";
import { knownTensor, numberOf, type SizeTensor } from "../sizes/size-tensor.js";
import type { Sizes } from "../sizes/sizes.js";

/** A strip's cells times the channels of its chain: more leave the cache. */
const CELL_CHANNELS = 8192;
/** Fewer cells repack the kernel too often. */
const FEWEST_CELLS = 64;
const MOST_STRIPS = 64;
/** Penalty, per factor of two, of strips that are larger or smaller than wanted. */
const STRIP_PENALTY = 0.06;

const CANDIDATES: readonly number[] = Array.from({ length: MOST_STRIPS }, (_, i) => i + 1);

/** How many cells a strip should hold when the largest layer of a chain has so many channels. */
export function cellsPerStrip(channels: number): number {
  return Math.max(FEWEST_CELLS, Math.round(CELL_CHANNELS / channels));
}

interface CostArithmetic<Size> extends Arithmetic<Size> {
  float(a: Size): Size;
  abs(a: Size): Size;
  log2(a: Size): Size;
  ratio(a: Size, divisor: number): Size;
}

/** Little padding, and about as many cells each as wanted. */
function stripsCost<Size>(
  a: CostArithmetic<Size>,
  strips: Size,
  [cellRows, cellColumns]: readonly [Size, Size],
  wanted: number,
): Size {
  const padded = a.float(a.mul(a.ceilDiv(cellRows, strips), strips));
  const most = a.max(a.ratio(a.float(a.mul(cellRows, cellColumns)), wanted), 1);
  const distance = a.abs(a.sub(a.log2(strips), a.log2(most)));
  return a.mul(padded, a.add(a.mul(distance, STRIP_PENALTY), 1));
}

/** Those that hold rows of cells, when all are of one size. */
function inUse<Size>(a: Arithmetic<Size>, cellRows: Size, strips: Size): Size {
  return a.ceilDiv(cellRows, a.ceilDiv(cellRows, strips));
}

const FLOATS: CostArithmetic<number> = {
  ...NUMBERS,
  float: (a) => a,
  abs: Math.abs,
  log2: Math.log2,
  ratio: (a, divisor) => a / divisor,
};

/** The number of strips of so many rows and columns of cells. */
export function stripCount(cellRows: number, cellColumns: number, wanted: number): number {
  const costs = CANDIDATES.map((strips) => stripsCost(FLOATS, strips, [cellRows, cellColumns], wanted));
  return inUse(NUMBERS, cellRows, CANDIDATES[costs.indexOf(Math.min(...costs))]!);
}

/** The same of sizes of which one is open: over all candidates at once. */
export function stripCountOf(s: Sizes, cellRows: SizeTensor, cellColumns: SizeTensor, wanted: number): SizeTensor {
  const [rows, columns] = [numberOf(cellRows), numberOf(cellColumns)];
  if (rows !== undefined && columns !== undefined) return knownTensor([stripCount(rows, columns, wanted)]);
  const costs = stripsCost(s, s.constant(CANDIDATES), [cellRows, cellColumns], wanted);
  return inUse(s, cellRows, s.add(s.argMin(costs), 1));
}
