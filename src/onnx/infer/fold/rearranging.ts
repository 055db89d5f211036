/** Operators that move elements without looking at them. */
import type { Dim } from "../type-info.js";
import { elementReader } from "./elementwise.js";
import { normalAxis, type OperatorFold } from "./operator-fold.js";
import { countOf, type SmallTensor } from "./small-tensor.js";

/** The same elements in the dimensions that inference finds. */
const reshaped: OperatorFold = ({ inputs, dataType, dims }) => {
  const { data } = inputs[0]!;
  return dims === null || countOf(dims) !== data.length ? null : { dataType, dims, data };
};

const concat: OperatorFold = ({ attributes, inputs, dataType, most }) => {
  const parts = inputs as readonly SmallTensor[];
  const first = parts[0]!.dims;
  const axis = normalAxis(attributes.int("axis") ?? 0, first.length);
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

/** Along the first axis. */
const gather: OperatorFold = ({ attributes, inputs, dataType, most }) => {
  const [from, indices] = inputs as readonly [SmallTensor, SmallTensor];
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

/** Of vectors. */
const slice: OperatorFold = ({ inputs, dataType }) => {
  const [from, starts, ends, axes, steps] = inputs;
  if (from?.dims.length !== 1 || starts?.data.length !== 1 || ends?.data.length !== 1) return null;
  if ((steps?.data[0] ?? 1) !== 1 || ![0, -1].includes(Number(axes?.data[0] ?? 0))) return null;
  const [start, end] = [starts.data[0], ends.data[0]];
  if (typeof start !== "number" || typeof end !== "number") return null;
  const data = from.data.slice(start, end);
  return { dataType, dims: [data.length], data };
};

const expand: OperatorFold = ({ inputs, dataType, dims, most }) => {
  if (dims === null || !(countOf(dims) <= most)) return null;
  const read = elementReader(inputs[0]!, dims);
  return { dataType, dims, data: Array.from({ length: countOf(dims) }, (_, i) => read(i)) };
};

const transpose: OperatorFold = ({ attributes, inputs, dataType }) => {
  const { dims: from, data } = inputs[0]!;
  const perm = attributes.ints("perm") ?? from.map((_, axis) => from.length - 1 - axis);
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
