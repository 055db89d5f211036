/** Values of the reference interpreter: concrete shape, row-major float64. */
export interface DenseTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function dense(shape: readonly number[], data?: ArrayLike<number>): DenseTensor {
  return { shape, data: data ? Float64Array.from(data) : new Float64Array(sizeOf(shape)) };
}

/** Applies a scalar function to every element. */
export function mapDense(tensor: DenseTensor, apply: (value: number) => number): DenseTensor {
  return { shape: tensor.shape, data: tensor.data.map(apply) };
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}
