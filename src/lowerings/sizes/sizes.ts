import type { Arithmetic } from "../../ir/arithmetic.js";
import { addDims, type Dim, productDim, type Shape, symbol } from "../../ir/dim.js";
import type { FoldAttributes } from "../../onnx/infer/fold/operator-fold.js";
import { OPERATOR_FOLDS } from "../../onnx/infer/fold/operators.js";
import { isNumeric } from "../../onnx/infer/fold/small-tensor.js";
import type { GraphEmitter } from "../emitter.js";
import {
  broadcastShape,
  codeOf,
  isKnown,
  type KnownTensor,
  knownTensor,
  numberOf,
  type OpenTensor,
  type SizeTensor,
  type SizeType,
  shapeOf,
  typeOf,
} from "./size-tensor.js";

export interface AxisOfValue {
  readonly value: string;
  readonly axis: number;
  /** What the axis is to be divided by, exactly; 1 when absent. */
  readonly divisor?: number;
}

type Operand = SizeTensor | number;
type Attributes = Readonly<Record<string, number | readonly number[]>>;

/**
 * The arithmetic of a graph's sizes. What is known when the graph is compiled is computed at once; small nodes compute the
 * rest, once per run, as int64 vectors.
 */
export class Sizes implements Arithmetic<SizeTensor> {
  private readonly e: GraphEmitter;
  private readonly prefix: string;
  private readonly most: number;
  private count = 0;

  /**
   * @param prefix of the names of nodes and open dimensions
   * @param most elements of a tensor that is computed at once: a larger one takes less room in the file as a node
   */
  constructor(e: GraphEmitter, prefix: string, most = Number.POSITIVE_INFINITY) {
    this.e = e;
    this.prefix = prefix;
    this.most = most;
  }

  /** The size of an axis, read from a value where it is open. */
  ofAxis(dim: Dim, read: () => AxisOfValue): SizeTensor {
    if (typeof dim === "number") return knownTensor([dim]);
    const { value, axis, divisor = 1 } = read();
    const size = this.emit("Shape", [value], [1], { start: axis, end: axis + 1 });
    return divisor === 1 ? size : this.div(size, divisor);
  }

  /** The dimension that a size is: its number, or a symbol of that name. */
  dim(size: SizeTensor, name: string): Dim {
    return numberOf(size) ?? this.symbol(name);
  }

  symbol(name: string): Dim {
    return symbol(`${this.prefix}.${name}`);
  }

  /** The product of dimensions, or a symbol of that name. */
  product(dims: readonly Dim[], name: string): Dim {
    return productDim(dims, `${this.prefix}.${name}`);
  }

  /** The ONNX value of a tensor. */
  value(tensor: SizeTensor): string {
    if (!isKnown(tensor)) return tensor.value;
    const { dims, data } = tensor;
    if (typeOf(tensor) === "FLOAT") return this.e.floats(data, dims);
    return dims.length === 0 ? this.e.int(data[0]!) : this.e.ints(data, dims);
  }

  /** Numbers that are stored in the graph before all that is made of them. */
  constant(data: readonly number[]): KnownTensor {
    const tensor = knownTensor(data);
    this.value(tensor);
    return tensor;
  }

  add(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Add", a, b);
  }

  sub(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Sub", a, b);
  }

  mul(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Mul", a, b);
  }

  /** Of integers rounded towards zero. */
  div(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Div", a, b);
  }

  ceilDiv(a: Operand, b: Operand): SizeTensor {
    const isFixed = typeof b === "number" || isKnown(b);
    return this.div(isFixed ? this.add(a, this.sub(b, 1)) : this.sub(this.add(a, b), 1), b);
  }

  min(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Min", a, b);
  }

  max(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Max", a, b);
  }

  less(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Less", a, b, "BOOL");
  }

  equal(a: Operand, b: Operand): SizeTensor {
    return this.elementwise("Equal", a, b, "BOOL");
  }

  atLeast(a: Operand, b: Operand): SizeTensor {
    return this.integer(this.elementwise("GreaterOrEqual", a, b, "BOOL"));
  }

  abs(a: SizeTensor): SizeTensor {
    return this.op("Abs", [a], shapeOf(a), {}, typeOf(a));
  }

  float(a: SizeTensor): SizeTensor {
    return this.op("Cast", [a], shapeOf(a), { to: codeOf("FLOAT") }, "FLOAT");
  }

  /** 1 where a truth holds, 0 elsewhere. */
  integer(a: SizeTensor): SizeTensor {
    return this.op("Cast", [a], shapeOf(a), { to: codeOf("INT64") });
  }

  /** Of a float and a number. */
  ratio(a: SizeTensor, divisor: number): SizeTensor {
    return isKnown(a) ? this.div(a, divisor) : this.mul(a, 1 / divisor);
  }

  /** A float; of integers, too, where they are known. */
  log2(a: SizeTensor): SizeTensor {
    if (isKnown(a)) return knownTensor(a.data.map(Math.log2), "FLOAT", a.dims);
    return this.mul(this.op("Log", [a], shapeOf(a), {}, "FLOAT"), 1 / Math.LN2);
  }

  /** A vector of sizes, for Reshape and the like. */
  vector(items: readonly Operand[]): SizeTensor {
    return this.op(
      "Concat",
      items.map((item) => this.tensor(item)),
      [items.length],
      { axis: 0 },
    );
  }

  /** Joins tensors along an axis. */
  concat(parts: readonly SizeTensor[], axis: number): SizeTensor {
    const [first] = parts;
    const length = parts.map((part) => shapeOf(part)[axis]!).reduce(addDims);
    return this.op("Concat", parts, shapeOf(first!).with(axis, length), { axis }, typeOf(first!));
  }

  /** 0, 1, … below a size, which is the dimension `length`. */
  range(count: SizeTensor, length: Dim): SizeTensor {
    const known = this.fold("Range", [scalar(0), count, scalar(1)], [length], {}, "INT64");
    if (known) return known;
    const [first, limit, step] = [this.e.int(0), this.op("Squeeze", [count, knownTensor([0])], []), this.e.int(1)];
    return this.emit("Range", [first, this.value(limit), step], [length]);
  }

  unsqueeze(a: SizeTensor, axes: readonly number[]): SizeTensor {
    const rest = [...shapeOf(a)];
    const rank = rest.length + axes.length;
    const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!));
    return this.op("Unsqueeze", [a, knownTensor(axes)], shape, {}, typeOf(a));
  }

  /** @param shape what `target` stands for */
  reshape(a: SizeTensor, target: SizeTensor, shape: Shape): SizeTensor {
    return this.op("Reshape", [a, target], shape, {}, typeOf(a));
  }

  /** @param shape what broadcasting to `target` gives */
  expand(a: SizeTensor, target: SizeTensor, shape: Shape): SizeTensor {
    return this.op("Expand", [a, target], shape, {}, typeOf(a));
  }

  transpose(a: SizeTensor, perm: readonly number[]): SizeTensor {
    const shape = shapeOf(a);
    return this.op(
      "Transpose",
      [a],
      perm.map((axis) => shape[axis]!),
      { perm },
      typeOf(a),
    );
  }

  /** Where the smallest element of a vector is. */
  argMin(a: SizeTensor): SizeTensor {
    return this.op("ArgMin", [a], [1], { axis: 0, keepdims: 1 });
  }

  private elementwise(op: string, a: Operand, b: Operand, result?: SizeType): SizeTensor {
    const type = typeof a === "number" ? (typeof b === "number" ? "INT64" : typeOf(b)) : typeOf(a);
    const [left, right] = [this.tensor(a, type), this.tensor(b, type)];
    return this.op(op, [left, right], broadcastShape(shapeOf(left), shapeOf(right)), {}, result ?? type);
  }

  private tensor(operand: Operand, type: SizeType = "INT64"): SizeTensor {
    return typeof operand === "number" ? knownTensor([operand], type) : operand;
  }

  private op(
    op: string,
    inputs: readonly SizeTensor[],
    shape: Shape,
    attributes: Attributes = {},
    type: SizeType = "INT64",
  ): SizeTensor {
    const known = this.fold(op, inputs, shape, attributes, type);
    return (
      known ??
      this.emit(
        op,
        inputs.map((input) => this.value(input)),
        shape,
        attributes,
        type,
      )
    );
  }

  private fold(
    op: string,
    inputs: readonly SizeTensor[],
    shape: Shape,
    attributes: Attributes,
    type: SizeType,
  ): KnownTensor | null {
    if (!inputs.every(isKnown)) return null;
    const dims = shape.every((dim) => typeof dim === "number") ? shape : null;
    const site = { inputs, attributes: foldAttributes(attributes), dataType: codeOf(type), dims, most: this.most };
    const folded = OPERATOR_FOLDS.get(op)!(site);
    return folded !== null && isNumeric(folded) ? folded : null;
  }

  private emit(
    op: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Attributes = {},
    type: SizeType = "INT64",
  ): OpenTensor {
    const name = `${this.prefix}/${op.toLowerCase()}${this.count++}`;
    return { value: this.e.op(op, name, inputs, shape, attributes, type), type, shape };
  }
}

function scalar(value: number): KnownTensor {
  return knownTensor([value], "INT64", []);
}

function foldAttributes(attributes: Attributes): FoldAttributes {
  const of = (name: string) => attributes[name];
  return {
    int: (name) => of(name) as number | undefined,
    ints: (name) => of(name) as readonly number[] | undefined,
    element: (_, otherwise) => otherwise,
  };
}
