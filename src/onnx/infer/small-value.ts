/** Small tensors whose values are known while types are inferred: sizes and what is computed of them. */
import { elementType, elementTypeName } from "../element-types.js";
import type { Constant } from "./constant.js";
import { InferenceFault, refuse, Undecided } from "./fault.js";

/** More are not sizes, and would only cost time. */
export const MOST_VALUES = 4096;

export class SmallValue implements Constant {
  private constructor(
    readonly dataType: number,
    readonly dims: readonly number[],
    /** Row-major. */
    readonly data: readonly number[],
  ) {}

  /** Null where there are too many values, or not as many as the dimensions say. */
  static of(dataType: number, dims: readonly number[], data: readonly number[]): SmallValue | null {
    const count = countOf(dims);
    return count === data.length && count <= MOST_VALUES ? new SmallValue(dataType, dims, data) : null;
  }

  /** Null for values that are not at hand, are too many, or are no numbers. */
  static from(constant: Constant): SmallValue | null {
    if (constant instanceof SmallValue) return constant;
    const name = elementType(constant.dataType)?.name;
    if (name !== "INT64" && name !== "INT32" && name !== "FLOAT" && name !== "DOUBLE") return null;
    if (countOf(constant.dims) > MOST_VALUES) return null;
    try {
      return SmallValue.of(constant.dataType, constant.dims, constant.values(name));
    } catch (e) {
      if (e instanceof Undecided || e instanceof InferenceFault) return null;
      throw e;
    }
  }

  values(type: string): readonly number[] {
    const own = elementTypeName(this.dataType);
    return own === type ? this.data : refuse(`a constant of type ${type} was expected, not ${own}`);
  }

  /** The part at a position of an axis, without the axis; null past its end. */
  at(axis: number, index: number): SmallValue | null {
    const size = this.dims[axis] ?? 0;
    if (index >= size) return null;
    const inner = countOf(this.dims.slice(axis + 1));
    const part = this.data.filter((_, i) => Math.floor(i / inner) % size === index);
    return SmallValue.of(this.dataType, this.dims.toSpliced(axis, 1), part);
  }
}

export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
