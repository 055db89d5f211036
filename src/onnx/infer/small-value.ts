/** Small tensors all of whose elements are numbers. */
import { elementType, elementTypeName } from "../graph/element-types.js";
import type { Constant } from "./constant.js";
import { InferenceFault, refuse, Undecided } from "./fault.js";
import { countOf, type SmallTensor } from "./fold/small-tensor.js";

/** More are not sizes, and would only cost time. */
export const MOST_VALUES = 4096;

export class SmallValue implements Constant, SmallTensor<number> {
  private constructor(
    readonly dataType: number,
    readonly dims: readonly number[],
    /** Row-major. */
    readonly data: readonly number[],
  ) {}

  /** Null where there are too many values, or not as many as the dimensions say. */
  static of({ dataType, dims, data }: SmallTensor<number>): SmallValue | null {
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
      return SmallValue.of({ dataType: constant.dataType, dims: constant.dims, data: constant.values(name) });
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
    return SmallValue.of({ dataType: this.dataType, dims: this.dims.toSpliced(axis, 1), data: part });
  }
}
