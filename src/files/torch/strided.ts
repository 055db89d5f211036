import { decodeFloats, FLOAT_FORMATS } from "../../tensors/decode-floats.js";
import { elementCount, type FloatDType, type TensorData } from "../../tensors/tensor.js";

/** A view of a run of elements: element `i` of the shape is at `offset + Σ i[d]·stride[d]`. */
export interface StridedView {
  readonly dtype: FloatDType;
  /** In elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** How far the view reaches: one more than its last element's distance from `offset`; 0 where it has no elements. */
export function extent(shape: readonly number[], stride: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, dim, d) => last + (dim - 1) * stride[d]!, 1);
}

/**
 * The view's values, row-major. `read(begin, length)` gives bytes of the run; only those from the view's first to its
 * last element are asked for.
 */
export async function readStrided(
  view: StridedView,
  read: (begin: number, length: number) => Promise<Uint8Array>,
): Promise<TensorData> {
  const { width } = FLOAT_FORMATS[view.dtype];
  const span = extent(view.shape, view.stride);
  const values = decodeFloats(await read(view.offset * width, span * width), view.dtype);
  return isRowMajor(view.shape, view.stride) ? values : gather(values, view.shape, view.stride);
}

/** Strides of dimensions of size 1 do not matter, and a view without elements has nothing to gather. */
function isRowMajor(shape: readonly number[], stride: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    const dim = shape[d]!;
    if (dim !== 1 && stride[d] !== expected) return false;
    expected *= dim;
  }
  return true;
}

function gather(values: TensorData, fullShape: readonly number[], fullStride: readonly number[]): TensorData {
  const count = elementCount(fullShape);
  const gathered = values instanceof Float64Array ? new Float64Array(count) : new Float32Array(count);
  // Without the dimensions of size 1 there are at most log2(count), however many the file gives.
  const stride = fullStride.filter((_, d) => fullShape[d] !== 1);
  const shape = fullShape.filter((dim) => dim !== 1);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    gathered[to] = values[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += stride[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * stride[d]!;
      index[d] = 0;
    }
  }
  return gathered;
}
