/** Elementwise arithmetic with numpy's broadcasting, as ONNX has it from opset 7 on. */
import { type Shape, shapeText } from "../../../ir/dim.js";
import { computed, reshaped } from "../../../tensors/derived.js";
import { elementCount, type LazyTensor } from "../../../tensors/tensor.js";
import { BATCH_OF_ITS_OWN, inputOf, shapeOf } from "../operands.js";
import { type NodeWriter, NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

/** A picture or vector and a constant beside it. */
interface WithConstant {
  readonly x: string;
  readonly shape: Shape;
  readonly constant: LazyTensor;
  /** Its one value, where it has one. */
  readonly value: number | undefined;
  readonly write: NodeWriter;
}

/** The constant among two inputs; undefined where there is none. */
function constantBeside(source: SourceNode, write: NodeWriter, index: 0 | 1): WithConstant | undefined {
  const constant = source.tensor(index);
  if (constant === undefined) return undefined;
  const other = 1 - index;
  if (source.tensor(other) !== undefined) throw new NotRead("both of its inputs are constant");
  const shape = shapeOf(source, other);
  if (constant.shape.length > shape.length)
    throw new NotRead(`its constant ${shapeText(constant.shape)} has more dimensions than ${shapeText(shape)}`);
  const value = elementCount(constant.shape) === 1 ? source.numbers(index)?.[0] : undefined;
  return { x: inputOf(source, other), shape, constant, value, write };
}

/** A constant with one value for each channel: [C] where it is [C,1,1] beside [N,C,H,W], or [1,C] beside [N,C]. */
function perChannel({ shape, constant }: WithConstant): LazyTensor | undefined {
  const padding = shape.length - constant.shape.length;
  const fits = constant.shape.every((size, axis) => size === (axis + padding === 1 ? shape[1] : 1));
  return fits && padding <= 1 && constant.shape.length > 0 ? reshaped(constant, [shape[1] as number]) : undefined;
}

/** A constant under as many dimensions as what it is combined with. */
function withRank({ shape, constant }: WithConstant): LazyTensor {
  const ones = new Array<number>(shape.length - constant.shape.length).fill(1);
  if (ones.length === 0 && constant.shape[0] !== 1) throw new NotRead(BATCH_OF_ITS_OWN);
  return reshaped(constant, [...ones, ...constant.shape]);
}

function mapped(tensor: LazyTensor, apply: (value: number) => number): LazyTensor {
  return computed(tensor.shape, [tensor], (values) => Float64Array.from(values, apply));
}

const zeros = (size: number): LazyTensor => ({ shape: [size], read: async () => new Float64Array(size) });
const ones = (size: number): LazyTensor => ({ shape: [size], read: async () => new Float64Array(size).fill(1) });

/** x + constant, the constant mapped by `of`. */
function addConstant(sum: WithConstant, of: (value: number) => number): void {
  const { x, shape, value, write } = sum;
  if (value !== undefined) return void write.node("affine", [x], { scale: 1, shift: of(value) }, { output: 0 });
  const vector = perChannel(sum);
  if (vector === undefined) {
    write.node("add", [x, write.constant("summand", mapped(withRank(sum), of))], {}, { output: 0 });
  } else if (shape.length === 4) {
    write.node("channel_bias", [x, write.constant("bias", mapped(vector, of))], {}, { output: 0 });
  } else {
    const scale = write.constant("ones", ones(vector.shape[0]!));
    write.node("channel_affine", [x, scale, write.constant("bias", mapped(vector, of))], {}, { output: 0 });
  }
}

/** x · constant, the constant mapped by `of`. */
function multiplyByConstant(product: WithConstant, of: (value: number) => number): void {
  const { x, shape, value, write } = product;
  if (value !== undefined) return void write.node("affine", [x], { scale: of(value), shift: 0 }, { output: 0 });
  const vector = perChannel(product);
  if (vector === undefined) {
    write.node("mul", [x, write.constant("factor", mapped(withRank(product), of))], {}, { output: 0 });
  } else if (shape.length === 4) {
    const row = reshaped(mapped(vector, of), [1, vector.shape[0]!]);
    write.node("channel_scale", [x, write.constant("scale", row)], {}, { output: 0 });
  } else {
    const scale = write.constant("scale", mapped(vector, of));
    write.node("channel_affine", [x, scale, write.constant("zeros", zeros(vector.shape[0]!))], {}, { output: 0 });
  }
}

/** Names of two values of as many dimensions. */
function twoValues(source: SourceNode): readonly [string, string] {
  const [a, b] = [shapeOf(source, 0), shapeOf(source, 1)];
  if (a.length !== b.length)
    throw new NotRead(`its inputs ${shapeText(a)} and ${shapeText(b)} have different numbers of dimensions`);
  return [inputOf(source, 0), inputOf(source, 1)];
}

const itself = (value: number): number => value;
const negative = (value: number): number => -value;
const inverse = (value: number): number => 1 / value;

function commutative(
  op: "add" | "mul",
  withConstant: (pair: WithConstant, of: (value: number) => number) => void,
): Read {
  return (source, write) => {
    const constant = constantBeside(source, write, 0) ?? constantBeside(source, write, 1);
    if (constant) withConstant(constant, itself);
    else write.node(op, twoValues(source), {}, { output: 0 });
  };
}

const sub: Read = (source, write) => {
  const right = constantBeside(source, write, 1);
  if (right) return addConstant(right, negative);
  const left = constantBeside(source, write, 0);
  if (left?.value !== undefined)
    return void write.node("affine", [left.x], { scale: -1, shift: left.value }, { output: 0 });
  const b = inputOf(source, 1);
  if (left === undefined) twoValues(source);
  const x = write.node("affine", [b], { scale: -1, shift: 0 }, { step: "negative" });
  if (left) addConstant({ ...left, x }, itself);
  else write.node("add", [inputOf(source, 0), x], {}, { output: 0 });
};

const div: Read = (source, write) => {
  const right = constantBeside(source, write, 1);
  if (right === undefined) throw new NotRead("it divides by a value that is not constant");
  if (right.value === 0) throw new NotRead("it divides by zero");
  multiplyByConstant(right, inverse);
};

const neg: Read = (source, write) => {
  shapeOf(source, 0);
  write.node("affine", [inputOf(source, 0)], { scale: -1, shift: 0 }, { output: 0 });
};

export const ARITHMETIC = {
  Add: { read: commutative("add", addConstant) },
  Sub: { read: sub },
  Mul: { read: commutative("mul", multiplyByConstant) },
  Div: { read: div },
  Neg: { read: neg },
} satisfies Readonly<Record<string, OperatorRow>>;
