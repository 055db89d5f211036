/** Tensors computed from others when they are read: nothing is computed or held before a file is written. */
import { elementCount, type LazyTensor, type TensorData } from "./tensor.js";

/** The same values under another shape. */
export function reshaped(tensor: LazyTensor, shape: readonly number[]): LazyTensor {
  if (elementCount(shape) !== elementCount(tensor.shape)) {
    throw new RangeError(`cannot reshape [${tensor.shape.join(",")}] to [${shape.join(",")}]`);
  }
  return { shape, read: () => tensor.read() };
}

/** Axes reordered: result axis i is the source's axis `perm[i]`. Runs that stay contiguous are copied whole. */
export function permuted(tensor: LazyTensor, perm: readonly number[]): LazyTensor {
  const shape = perm.map((axis) => tensor.shape[axis]!);
  return {
    shape,
    async read() {
      const source = await tensor.read();
      const target = newLike(source, source.length);
      const strides = rowMajorStrides(tensor.shape);
      let run = 1;
      let outer = perm.length;
      while (outer > 0 && perm[outer - 1] === outer - 1) run *= shape[--outer]!;
      copyRuns(
        source,
        target,
        shape.slice(0, outer),
        perm.slice(0, outer).map((axis) => strides[axis]!),
        run,
      );
      return target;
    },
  };
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
