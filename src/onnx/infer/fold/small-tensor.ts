/** Small tensors whose elements are known before the graph runs: sizes, and what is computed of them. */
import type { Dim } from "../type-info.js";

/** An element is a number; in a tensor of integers also a size that only run time knows, or null. */
export interface SmallTensor<Element extends Dim = Dim> {
  /** `TensorProto.DataType` */
  readonly dataType: number;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: readonly Element[];
}

export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function isNumeric(tensor: SmallTensor): tensor is SmallTensor<number> {
  return tensor.data.every((element) => typeof element === "number");
}
