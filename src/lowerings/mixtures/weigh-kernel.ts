/**
 * Kernels weighed by factors that all experts share: once, behind the mixture. What weighs the elements of a row is made one
 * row first, since a product of long rows costs a fourth of one whose innermost axis is a kernel's taps.
 */
import type { Dim, Shape } from "../../ir/dim.js";
import type { MixConvAttributes } from "../../ir/ops/mixture.js";
import type { GraphEmitter } from "../emitter.js";
import {
  axesOf,
  type Bank,
  type EmittedFactor,
  emitSpread,
  type KernelSplit,
  samplesOf,
  splitShape,
} from "./factors.js";

/** Rows [N or 1, out, row] of a kernel, or of a bias. */
export interface Rows {
  readonly value: string;
  /** N, or 1 where all samples share them. */
  readonly samples: Dim;
}

/** Rows weighed by factors over the output. */
export function emitWeighedRows(
  e: GraphEmitter,
  label: string,
  rows: Rows,
  factors: readonly EmittedFactor[],
  { out, row }: Pick<Bank, "out" | "row">,
): Rows {
  if (factors.length === 0) return rows;
  const spreads = factors.map((factor, f) =>
    emitSpread(e, `${label}/row_weights${f}`, factor, [factor.samples, out, 1]),
  );
  const samples = samplesOf([rows, ...factors]);
  const weights = emitProduct(e, `${label}/row_weights`, spreads, (count) => [
    samplesOf(factors.slice(0, count)),
    out,
    1,
  ]);
  return { value: e.op("Mul", `${label}/weighed_rows`, [rows.value, weights], [samples, out, row]), samples };
}

/** Rows weighed by factors over input channels and taps. */
export function emitWeighedElements(
  e: GraphEmitter,
  label: string,
  rows: Rows,
  factors: readonly EmittedFactor[],
  bank: Bank,
  attributes: MixConvAttributes,
): Rows {
  if (factors.length === 0) return rows;
  const split = splitShape(bank, attributes);
  const [groups, outs] = split;
  const weights = emitRowWeights(e, `${label}/element_weights`, factors, split);
  const samples = samplesOf([rows, ...factors]);
  if (weights.groups === 1) {
    const row = e.reshape(`${label}/row`, weights.value, weights.shape, [weights.shape[0]!, 1, bank.row]);
    const whole = [samples, bank.out, bank.row];
    return { value: e.op("Mul", `${label}/weighed`, [rows.value, row], whole), samples };
  }
  const row = e.reshape(`${label}/row`, weights.value, weights.shape, [weights.shape[0]!, groups, 1, bank.row]);
  const byGroup = [rows.samples, groups, outs, bank.row];
  const grouped = e.reshape(`${label}/by_group`, rows.value, [rows.samples, bank.out, bank.row], byGroup);
  const shape = [samples, groups, outs, bank.row];
  const weighed = e.op("Mul", `${label}/weighed_groups`, [grouped, row], shape);
  return { value: e.reshape(`${label}/weighed`, weighed, shape, [samples, bank.out, bank.row]), samples };
}

interface RowWeights {
  readonly value: string;
  /** [N or 1, groups or 1, 1, C/groups, taps] */
  readonly shape: Shape;
  /** How many groups have weights of their own. */
  readonly groups: number;
}

/** The product of factors over input channels and taps, for every element of a group's rows. */
function emitRowWeights(
  e: GraphEmitter,
  label: string,
  factors: readonly EmittedFactor[],
  split: KernelSplit,
): RowWeights {
  const [, , ins, taps] = split;
  const axes = factors.map(({ over }) => axesOf(over, split));
  const spreads = factors.map((factor, f) => emitSpread(e, `${label}${f}`, factor, [factor.samples, ...axes[f]!]));
  const shapeOf = (count: number): Shape => [
    samplesOf(factors.slice(0, count)),
    ...axes[0]!.map((_, axis) => Math.max(...axes.slice(0, count).map((each) => each[axis] as number))),
  ];
  const product = emitProduct(e, label, spreads, shapeOf);
  const [samples, groups, , ownIns, ownTaps] = shapeOf(factors.length) as readonly [
    Dim,
    number,
    number,
    number,
    number,
  ];
  const shape = [samples, groups, 1, ins, taps];
  const isWhole = ownIns === ins && ownTaps === taps;
  const value = isWhole ? product : e.op("Expand", `${label}/row`, [product, e.ints([1, 1, 1, ins, taps])], shape);
  return { value, shape, groups };
}

/** @param shapeOf the shape of the product of the first so many */
function emitProduct(
  e: GraphEmitter,
  label: string,
  values: readonly string[],
  shapeOf: (count: number) => Shape,
): string {
  return values.reduce((product, value, index) =>
    e.op("Mul", `${label}/product`, [product, value], shapeOf(index + 1)),
  );
}
