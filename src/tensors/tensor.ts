/** Element types that checkpoints hold and smxc computes with. */
export type FloatDType = "float32" | "float64" | "float16" | "bfloat16";

/** Values of a tensor, row-major. Half types are widened exactly to float32. */
export type TensorData = Float32Array | Float64Array;

/**
 * A tensor whose values are produced on demand and not kept: reading twice does the work twice, so that the memory of
 * a compile is bounded by its largest tensors and not by the sum of all of them.
 */
export interface LazyTensor {
  readonly shape: readonly number[];
  /** Row-major values; the length is the product of `shape`. The caller owns the array and must not write to it. */
  read(): Promise<TensorData>;
  /**
   * The same values, one part after the other, for callers that only pass them on: a tensor that is another one in
   * another order has them without a copy. Absent where `read` is as good.
   */
  parts?(): AsyncIterable<TensorData>;
}

/** A tensor's values in parts; in one part where it has no others. */
export async function* partsOf(tensor: LazyTensor): AsyncIterable<TensorData> {
  if (tensor.parts) yield* tensor.parts();
  else yield await tensor.read();
}

/** A tensor of a checkpoint or weights file. */
export interface StoredTensor extends LazyTensor {
  readonly name: string;
  readonly dtype: FloatDType;
}

/**
 * A tensor of a type that smxc does not compute with (integers, booleans, complex and 8-bit floats). It is listed, so
 * that an importer can pass over a counter such as `num_batches_tracked` by name, or say what it found.
 */
export interface OtherTensor {
  readonly name: string;
  /** In PyTorch's spelling, e.g. `int64`, `bool`, `float8_e4m3fn`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Tensors by name, in the order of the file. A Map, so that `__proto__` and `constructor` are ordinary names. */
export interface TensorStore {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Tensors that are not of a `FloatDType`; no name is in both maps. */
  readonly others: ReadonlyMap<string, OtherTensor>;
  /** What the file says about itself; empty where the format has no metadata. */
  readonly metadata: ReadonlyMap<string, string>;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
