/** The shapes F(m1×m2, 3×3) that smxc uses of what Winograd calls a tile: here a cell, since a tile is a part of a picture. */
import { cookToom, type FilterMatrices } from "./cook-toom.js";
import { type Rational, rational } from "./rational.js";

export interface WinogradForm {
  /** `f4x6`: rows × columns of output per cell. */
  readonly name: string;
  /** Matrices along the height and along the width. */
  readonly rows: FilterMatrices;
  readonly columns: FilterMatrices;
}

/**
 * Interpolation points by output size, chosen for the least error of random 3-tap correlations in float32 (see
 * docs/explain/lowerings.md): points near one and their reciprocals.
 */
const POINTS: Readonly<Record<number, readonly Rational[]>> = {
  2: [rational(0), rational(1), rational(-1)],
  4: [rational(0), rational(1), rational(-1), rational(3, 2), rational(-3, 2)],
  6: [rational(0), rational(1), rational(-1), rational(1, 2), rational(-1, 2), rational(2), rational(-2)],
};

/** Taps of the kernels that the forms are for. */
export const FORM_KERNEL = 3;

function form(m1: number, m2: number): WinogradForm {
  return {
    name: `f${m1}x${m2}`,
    rows: cookToom(m1, FORM_KERNEL, POINTS[m1]!),
    columns: cookToom(m2, FORM_KERNEL, POINTS[m2]!),
  };
}

/**
 * The forms, the most exact first. Larger cells save more products, but n = 10 points along one side cost a digit: F(4×8)
 * reaches 1.6e-5 of the output's magnitude with the best points found, F(6×8) 2e-5, and a graph may not exceed 1e-5.
 */
export const FORMS: readonly WinogradForm[] = [form(4, 4), form(4, 6), form(6, 6)];

/**
 * Those that are taken unasked. One layer of 64 channels in F(6×6) is at 0.9e-5 to 1.2e-5 of its output on random weights, a chain of
 * linear ones beyond: it is there for who asks for it by name.
 */
export const EXACT_FORMS: readonly WinogradForm[] = FORMS.filter(({ name }) => name !== "f6x6");
