/** Products and reductions along axes. */
import { intOf, intsOf, textOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import { type Extent, type Extents, fixed, isOpen, showExtent } from "../extent.js";
import type { SizeRow, SizeView } from "../size-row.js";
import { alike, broadcast } from "./alike.js";

/**
 * An axis counted from the front. Inference lets a node pass that has no such axis where it does not know all of its inputs.
 *
 * @param last the last place that counts
 * @throws NotRead where there is none
 */
export function axisFrom(axis: number, rank: number, last = rank - 1): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted > last) throw new NotRead(`it works along axis ${axis} of ${rank}`);
  return counted;
}

/** @throws NotRead where an input or attribute does not have one number for each axis */
export function oneForEach(axes: number, count: number, what: string): void {
  if (count !== axes) throw new NotRead(`its ${what} are ${count}, its axes ${axes}`);
}

/** Axes that an attribute or, in later opsets, an input gives; undefined for all axes. */
export function axesIn(view: SizeView, rank: number, input = 1): readonly number[] | undefined {
  const given = intsOf(view.node, "axes") ?? (view.has(input) ? view.integers(input) : undefined);
  if (given === undefined && view.has(input) && intsOf(view.node, "axes") === undefined)
    throw new NotRead("its axes are not constant");
  return given?.map((axis) => axisFrom(axis, rank));
}

export const reduction: SizeRow = (view) => {
  const shape = view.shape(0);
  const given = axesIn(view, shape.length);
  const isAll = given === undefined || given.length === 0;
  if (isAll && intOf(view.node, "noop_with_empty_axes", 0) !== 0) return { outputs: [shape] };
  const axes = new Set(isAll ? shape.keys() : given);
  const keeps = intOf(view.node, "keepdims", 1) !== 0;
  const reduced = shape.flatMap((size, axis) => (axes.has(axis) ? (keeps ? [fixed(1)] : []) : [size]));
  return { outputs: [reduced] };
};

/** Of a place along an axis: one that depends on the size is no place in other pictures. */
export const place: SizeRow = (view) => {
  const shape = view.shape(0);
  const axis = axisFrom(intOf(view.node, "axis", 0), shape.length);
  if (isOpen(shape[axis]!)) throw new NotRead(`it returns positions along an axis of size ${showExtent(shape[axis]!)}`);
  const keeps = intOf(view.node, "keepdims", 1) !== 0;
  return { outputs: [keeps ? shape.with(axis, fixed(1)) : shape.toSpliced(axis, 1)] };
};

/** What is summed over must be one axis of both. */
function contracted(left: Extent, right: Extent): void {
  if (isOpen(left) && isOpen(right)) {
    alike([left, right]);
    return;
  }
  const size = isOpen(left) ? left : right;
  if (isOpen(size)) throw new NotRead(`it has one weight for each of the ${showExtent(size)} positions of the picture`);
}

export const matMul: SizeRow = (view) => {
  const [left, right] = [view.shape(0), view.shape(1)];
  if (left.length < 2 || right.length < 2) throw new NotRead("one of its inputs is a vector");
  contracted(left.at(-1)!, right.at(-2)!);
  const around = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  return { outputs: [[...around, left.at(-2)!, right.at(-1)!]] };
};

export const gemm: SizeRow = (view) => {
  const sides = (index: number, attribute: string): Extents => {
    const shape = view.shape(index);
    return intOf(view.node, attribute, 0) === 0 ? shape : shape.toReversed();
  };
  const [left, right] = [sides(0, "transA"), sides(1, "transB")];
  if (left.length !== 2 || right.length !== 2) throw new NotRead("one of its inputs is no matrix");
  contracted(left[1]!, right[0]!);
  const result = [left[0]!, right[1]!];
  return { outputs: [view.has(2) ? broadcast([result, view.shape(2)]) : result] };
};

/** Letters stand for axes: those of one letter are of one size. */
export const einsum: SizeRow = (view) => {
  const equation = textOf(view.node, "equation", "").replaceAll(" ", "");
  const [left = "", result] = equation.split("->");
  if (result === undefined || equation.includes(".")) throw new NotRead(`its equation is "${equation}"`);
  const sizes = new Map<string, Extent[]>();
  for (const [index, term] of left.split(",").entries()) {
    const shape = view.shape(index);
    oneForEach(shape.length, term.length, "letters");
    for (const [axis, letter] of [...term].entries()) sizes.set(letter, [...(sizes.get(letter) ?? []), shape[axis]!]);
  }
  const joined = new Map([...sizes].map(([letter, own]) => [letter, alike(own)]));
  return { outputs: [[...result].map((letter) => joined.get(letter)!)] };
};
