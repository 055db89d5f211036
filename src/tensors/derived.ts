/** Tensors computed from others when they are read: nothing is computed or held before a file is written. */
import { elementCount, type LazyTensor, type TensorData } from "./tensor.js";

/** Numbers that are at hand. */
export const constantTensor = (shape: readonly number[], values: TensorData): LazyTensor => ({
  shape,
  read: async () => values,
});

/** The same values under another shape. */
export function reshaped(tensor: LazyTensor, shape: readonly number[]): LazyTensor {
  if (elementCount(shape) !== elementCount(tensor.shape)) {
    throw new RangeError(`cannot reshape [${tensor.shape.join(",")}] to [${shape.join(",")}]`);
  }
  const { parts } = tensor;
  return { shape, read: () => tensor.read(), ...(parts === undefined ? {} : { parts: () => parts.call(tensor) }) };
}

/** Runs of at least this many elements are passed on as parts rather than copied together. */
const SHORTEST_PART = 2 ** 12;

/** Axes reordered: result axis i is the source's axis `perm[i]`. Runs that stay contiguous are taken whole. */
export function permuted(tensor: LazyTensor, perm: readonly number[]): LazyTensor {
  const shape = perm.map((axis) => tensor.shape[axis]!);
  const strides = rowMajorStrides(tensor.shape);
  let run = 1;
  let outer = perm.length;
  while (outer > 0 && perm[outer - 1] === outer - 1) run *= shape[--outer]!;
  const outerShape = shape.slice(0, outer);
  const outerStrides = perm.slice(0, outer).map((axis) => strides[axis]!);
  const read = async (): Promise<TensorData> => {
    const source = await tensor.read();
    const target = newLike(source, source.length);
    copyRuns(source, target, outerShape, outerStrides, run);
    return target;
  };
  if (run < SHORTEST_PART) return { shape, read };
  return {
    shape,
    read,
    async *parts() {
      const source = await tensor.read();
      for (const from of runStarts(source.length / run, outerShape, outerStrides))
        yield source.subarray(from, from + run);
    },
  };
}

/** Where each of the runs begins in the source, in the order of the result. */
function* runStarts(count: number, shape: readonly number[], strides: readonly number[]): Iterable<number> {
  for (let n = 0; n < count; n++) {
    let rest = n;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    yield from;
  }
}

function copyRuns(
  source: TensorData,
  target: TensorData,
  shape: readonly number[],
  strides: readonly number[],
  run: number,
): void {
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < target.length; to += run) {
    if (run === 1) target[to] = source[from]!;
    else target.set(source.subarray(from, from + run), to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** What an axis has from `start` up to `end`. */
export function sliced(tensor: LazyTensor, axis: number, start: number, end: number): LazyTensor {
  const shape = tensor.shape.map((size, index) => (index === axis ? end - start : size));
  const inner = elementCount(tensor.shape.slice(axis + 1));
  const [stride, run] = [tensor.shape[axis]! * inner, (end - start) * inner];
  return computed(shape, [tensor], (values) => {
    const target = newLike(values, elementCount(shape));
    for (let from = start * inner, to = 0; to < target.length; from += stride, to += run)
      target.set(values.subarray(from, from + run), to);
    return target;
  });
}

/** A tensor computed from the values of others. */
export function computed(
  shape: readonly number[],
  sources: readonly LazyTensor[],
  compute: (...values: TensorData[]) => TensorData,
): LazyTensor {
  return {
    shape,
    async read() {
      const values: TensorData[] = [];
      for (const source of sources) values.push(await source.read());
      return compute(...values);
    },
  };
}

/**
 * The same tensor, for readers that take parts of it one after the other: what was read is handed out again as long as
 * the memory is not needed. Readers must not write into it.
 */
export function remembered(tensor: LazyTensor): LazyTensor {
  let last: WeakRef<TensorData> | undefined;
  return {
    shape: tensor.shape,
    async read() {
      const known = last?.deref();
      if (known) return known;
      const values = await tensor.read();
      last = new WeakRef(values);
      return values;
    },
  };
}

export function newLike(data: TensorData, length: number): TensorData {
  return data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The sum over the first axis: [k, n] → [n]. */
export function summed(tensor: LazyTensor): LazyTensor {
  const [rows, columns] = tensor.shape as [number, number];
  return computed([columns], [tensor], (values) => {
    const sums = new Float64Array(columns);
    for (let i = 0; i < rows * columns; i++) sums[i % columns]! += values[i]!;
    return sums;
  });
}

/** Zeros after the last element of an axis, under a shape that holds as many elements as the tensor's. */
export function extended(tensor: LazyTensor, shape: readonly number[], axis: number, by: number): LazyTensor {
  const longer = shape.map((size, index) => (index === axis ? size + by : size));
  const inner = elementCount(shape.slice(axis + 1));
  return computed(longer, [tensor], (values) => {
    const target = newLike(values, elementCount(longer));
    const run = shape[axis]! * inner;
    for (let from = 0, to = 0; from < values.length; from += run, to += run + by * inner) {
      target.set(values.subarray(from, from + run), to);
    }
    return target;
  });
}
