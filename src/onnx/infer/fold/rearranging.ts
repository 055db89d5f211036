/** Operators that move elements without looking at them. */
import type { Dim } from "../type-info.js";
import { elementReader } from "./elementwise.js";
import { areGiven, normalAxis, type OperatorFold } from "./operator-fold.js";
import { countOf } from "./small-tensor.js";

/** The same elements in the dimensions that inference finds. */
const reshaped: OperatorFold = ({ inputs, dataType, dims }) => {
  const data = inputs[0]?.data;
  return dims === null || countOf(dims) !== data?.length ? null : { dataType, dims, data };
};

const concat: OperatorFold = ({ attributes, inputs, dataType, most }) => {
  if (!areGiven(inputs, 1)) return null;
  const parts = inputs;
  const first = parts[0]!.dims;
  const axis = normalAxis(attributes.int("axis") ?? 0, first.length);
  if (!(axis >= 0 && axis < first.length) || !parts.every((part) => areJoinable(part.dims, first, axis))) return null;
  const dims = first.with(
    axis,
    parts.reduce((sum, part) => sum + part.dims[axis]!, 0),
  );
  const rows = countOf(dims.slice(0, axis));
  if (!(countOf(dims) <= most)) return null;
  const data = Array.from({ length: rows }, (_, row) =>
    parts.flatMap((part) => {
      const width = part.data.length / rows;
      return part.data.slice(row * width, (row + 1) * width);
    }),
  );
  return { dataType, dims, data: data.flat() };
};

function areJoinable(dims: readonly number[], others: readonly number[], axis: number): boolean {
  return dims.length === others.length && dims.every((size, each) => each === axis || size === others[each]);
}

/** Along the first axis. */
const gather: OperatorFold = ({ attributes, inputs, dataType, most }) => {
  const [from, indices] = inputs;
  if (!from || !indices) return null;
  const [size, ...inner] = from.dims;
  if ((attributes.int("axis") ?? 0) !== 0 || size === undefined) return null;
  const dims = [...indices.dims, ...inner];
  if (!(countOf(dims) <= most)) return null;
  const width = countOf(inner);
  const data: Dim[] = [];
  for (const index of indices.data) {
    const row = typeof index === "number" ? normalAxis(index, size) : Number.NaN;
    if (!(row >= 0 && row < size)) return null;
    data.push(...from.data.slice(row * width, (row + 1) * width));
  }
  return { dataType, dims, data };
};

/** Along one axis. */
const slice: OperatorFold = ({ inputs, dataType }) => {
  const [from, starts, ends, axes, steps] = inputs;
  if (!from || starts?.data.length !== 1 || ends?.data.length !== 1) return null;
  const [start, end, step] = [starts.data[0], ends.data[0], steps?.data[0] ?? 1];
  const axis = normalAxis(Number(axes?.data[0] ?? 0), from.dims.length);
  const size = from.dims[axis];
  if (typeof start !== "number" || typeof end !== "number" || typeof step !== "number") return null;
  if (size === undefined || step === 0) return null;
  const chosen = chosenOf(size, start, end, step);
  const width = countOf(from.dims.slice(axis + 1));
  const rows = Array.from({ length: countOf(from.dims.slice(0, axis)) }, (_, row) => row * size);
  const data = rows.flatMap((row) =>
    chosen.flatMap((index) => from.data.slice((row + index) * width, (row + index + 1) * width)),
  );
  return { dataType, dims: from.dims.with(axis, chosen.length), data };
};

/** Positions along an axis that a slice takes, in its order. */
function chosenOf(size: number, start: number, end: number, step: number): readonly number[] {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamped = (place: number): number => Math.min(Math.max(normalAxis(place, size), least), most);
  const count = Math.ceil((clamped(end) - clamped(start)) / step);
  return Array.from({ length: Math.max(0, count) }, (_, index) => clamped(start) + index * step);
}

const expand: OperatorFold = ({ inputs, dataType, dims, most }) => {
  const [from] = inputs;
  if (!from || dims === null || !(countOf(dims) <= most) || !isWithin(from.dims, dims)) return null;
  const read = elementReader(from, dims);
  return { dataType, dims, data: Array.from({ length: countOf(dims) }, (_, i) => read(i)) };
};

function isWithin(own: readonly number[], dims: readonly number[]): boolean {
  const more = dims.length - own.length;
  return more >= 0 && own.every((size, axis) => size === 1 || size === dims[more + axis]);
}

const transpose: OperatorFold = ({ attributes, inputs, dataType }) => {
  if (!areGiven(inputs, 1)) return null;
  const { dims: from, data } = inputs[0]!;
  const perm = attributes.ints("perm") ?? from.map((_, axis) => from.length - 1 - axis);
  if (perm.length !== from.length || !from.every((_, axis) => perm.includes(axis))) return null;
  const dims = perm.map((axis) => from[axis]!);
  const strides = from.map((_, axis) => countOf(from.slice(axis + 1)));
  let order: readonly number[] = [0];
  for (const axis of perm) {
    order = order.flatMap((start) => Array.from({ length: from[axis]! }, (_, i) => start + i * strides[axis]!));
  }
  return { dataType, dims, data: order.map((index) => data[index]!) };
};

export const REARRANGING_FOLDS: Readonly<Record<string, OperatorFold>> = {
  Identity: reshaped,
  Reshape: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Flatten: reshaped,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  Expand: expand,
  Transpose: transpose,
};
