/**
 * A value of a graph as a sum of products of what its elements are made of. Nothing is computed: a factor is a view of a
 * source, as strides into its elements, and what a node does is done to the strides.
 */
import type { LazyTensor } from "../../../tensors/tensor.js";
import { NotRead } from "../reading.js";

/** Where the elements of a factor are, row-major. */
export type FactorSource = ConstantSource | ValueSource | ChoiceSource | NormSource;

export interface ConstantSource {
  readonly kind: "constant";
  readonly tensor: LazyTensor;
  /** Whether the factor is 1 over the element. */
  readonly inverse: boolean;
}

/** What a value of the graph holds when it runs. */
export interface ValueSource {
  readonly kind: "value";
  readonly name: string;
}

/** 1 where a value is the largest along an axis, the first of equals, and 0 elsewhere; as many elements as the value. */
export interface ChoiceSource {
  readonly kind: "choice";
  readonly name: string;
}

/** `(Σ P² + ε) ** power`, summed over axes of a product P; an element for each place on its other axes. */
export interface NormSource {
  readonly kind: "norm";
  readonly of: Product;
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly power: 1 | 0.5 | -0.5;
}

export interface Factor {
  readonly source: FactorSource;
  /** The element at index 0 of every part. */
  readonly start: number;
}

/** A part of an axis: its index, and by how many elements each factor moves on when that grows by one. */
export interface Part {
  readonly size: number;
  readonly steps: readonly number[];
}

/** `value[axes] = Σ over sums of Π_f source_f[start_f + Σ_parts index · step_f]`; without factors it is 1. */
export interface Product {
  /** The value's axes, each in parts, the outermost first; one of size 1 has none. */
  readonly axes: readonly (readonly Part[])[];
  /** Indices that are summed over: the experts. */
  readonly sums: readonly Part[];
  readonly factors: readonly Factor[];
}

/** Products of more are not kernels, and would only cost time. */
const MOST_FACTORS = 64;
const MOST_PARTS = 64;

/** All elements of a source, under its own shape. */
export function whole(source: FactorSource, shape: readonly number[]): Product {
  let step = 1;
  const axes = shape.toReversed().map((size): readonly Part[] => {
    const part = { size, steps: [step] };
    step *= size;
    return size === 1 ? [] : [part];
  });
  return { axes: axes.reverse(), sums: [], factors: [{ source, start: 0 }] };
}

export function sizeOfParts(parts: readonly Part[]): number {
  return parts.reduce((product, { size }) => product * size, 1);
}

export function shapeOfProduct({ axes }: Product): readonly number[] {
  return axes.map(sizeOfParts);
}

/** Neighbouring parts as one where all factors move evenly over both. */
export function joinedParts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const inner of parts) {
    const outer = joined.at(-1);
    if (outer?.steps.every((step, factor) => step === inner.steps[factor]! * inner.size))
      joined[joined.length - 1] = { size: outer.size * inner.size, steps: inner.steps };
    else joined.push(inner);
  }
  return joined;
}

/** The parts cut anew, into as many elements for each of some axes. The sizes have the same product as the parts'. */
export function cutParts(parts: readonly Part[], sizes: readonly number[]): readonly (readonly Part[])[] {
  const open = [...joinedParts(parts)];
  const axes = sizes.toReversed().map((size): readonly Part[] => {
    const own: Part[] = [];
    for (let left = size; left > 1; ) {
      const last = open.pop()!;
      const inner = commonDivisor(last.size, left);
      if (inner === 1) throw new NotRead("its axes do not align with the axes of its input");
      own.unshift({ size: inner, steps: last.steps });
      if (inner < last.size) open.push({ size: last.size / inner, steps: last.steps.map((step) => step * inner) });
      left /= inner;
    }
    return own;
  });
  return axes.reverse();
}

function commonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** An index that two products share, given in the parts of each. */
export function sharedParts(
  a: readonly Part[],
  b: readonly Part[],
  factors: readonly [number, number],
): readonly Part[] {
  const [left, right] = [sizeOfParts(a), sizeOfParts(b)];
  if (left === 1) return beside(b, factors, "right");
  if (right === 1) return beside(a, factors, "left");
  if (left !== right) throw new NotRead("its inputs have axes of different sizes");
  const shared: Part[] = [];
  const [open, others] = [[...joinedParts(a)], [...joinedParts(b)]];
  while (open.length > 0) {
    const [x, y] = [open.pop()!, others.pop()!];
    const size = commonDivisor(x.size, y.size);
    if (size === 1) throw new NotRead("the axes of its inputs do not align with each other");
    shared.unshift({ size, steps: [...x.steps, ...y.steps] });
    for (const [part, stack] of [
      [x, open],
      [y, others],
    ] as const)
      if (size < part.size) stack.push({ size: part.size / size, steps: part.steps.map((step) => step * size) });
  }
  return shared;
}

/** Parts of one of two products, along which the factors of the other stand still. @param factors how many each has */
export function beside(
  parts: readonly Part[],
  factors: readonly [number, number],
  side: "left" | "right",
): readonly Part[] {
  const [before, after] = side === "left" ? [0, factors[1]] : [factors[0], 0];
  const still = (count: number): readonly number[] => new Array<number>(count).fill(0);
  return parts.map(({ size, steps }) => ({ size, steps: [...still(before), ...steps, ...still(after)] }));
}

/** @throws NotRead for a product of more than can be a kernel */
export function checkedProduct(product: Product): Product {
  const parts = product.axes.reduce((sum, axis) => sum + axis.length, product.sums.length);
  if (product.factors.length > MOST_FACTORS || parts > MOST_PARTS)
    throw new NotRead("it is a product of too many factors");
  return product;
}
