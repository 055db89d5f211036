/** Products of vectors and constant matrices, and what weighs their values. */
import { shapeText } from "../../../ir/dim.js";
import { computed, permuted, reshaped } from "../../../tensors/derived.js";
import { elementCount, type LazyTensor } from "../../../tensors/tensor.js";
import { floatOf, intOf } from "../attributes.js";
import { axisOf, channelsOf, constantOf, inputOf, shapeOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

function checkVectors(source: SourceNode): void {
  const x = shapeOf(source, 0);
  if (source.tensor(0) !== undefined || x.length !== 2)
    throw new NotRead(`its first input ${shapeText(x)} is not a batch of vectors [N,C]`);
}

/** [C,R], the second input of a product. */
function matrixOf(source: SourceNode): LazyTensor {
  const matrix = constantOf(source, 1, "second factor");
  if (matrix.shape.length !== 2) throw new NotRead(`its second factor is ${shapeText(matrix.shape)}, not a matrix`);
  return matrix;
}

function scaled(tensor: LazyTensor, factor: number): LazyTensor {
  if (factor === 1) return tensor;
  return computed(tensor.shape, [tensor], (values) => Float64Array.from(values, (value) => value * factor));
}

/** The summand of a Gemm that is broadcast to [N,R], as [R]. */
function biasOf(source: SourceNode, rows: number): LazyTensor | undefined {
  const beta = floatOf(source.node, "beta", 1);
  if (source.input(2) === undefined || beta === 0) return undefined;
  const bias = scaled(constantOf(source, 2, "summand"), beta);
  if (elementCount(bias.shape) === 1)
    return computed([rows], [bias], (values) => new Float64Array(rows).fill(values[0]!));
  if (bias.shape.at(-1) !== rows || elementCount(bias.shape) !== rows)
    throw new NotRead(`its bias ${shapeText(bias.shape)} does not have one value for each of ${rows} results`);
  return reshaped(bias, [rows]);
}

const gemm: Read = (source, write) => {
  checkVectors(source);
  const { node } = source;
  if (intOf(node, "transA", 0) !== 0) throw new NotRead("its first input is transposed");
  const matrix = matrixOf(source);
  const weight = intOf(node, "transB", 0) === 0 ? permuted(matrix, [1, 0]) : matrix;
  const bias = biasOf(source, weight.shape[0]!);
  const inputs = [
    inputOf(source, 0),
    write.constant("weight", scaled(weight, floatOf(node, "alpha", 1))),
    ...(bias ? [write.constant("bias", bias)] : []),
  ];
  write.node("linear", inputs, {}, { output: 0 });
};

const matMul: Read = (source, write) => {
  checkVectors(source);
  const weight = write.constant("weight", permuted(matrixOf(source), [1, 0]));
  write.node("linear", [inputOf(source, 0), weight], {}, { output: 0 });
};

/** Until opset 12 over all axes from one on, taken as one; from 13 on over one, which is the last by default. */
const softmax: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const { node, opset } = source;
  const axis = axisOf(intOf(node, "axis", opset < 13 ? 1 : -1), x.length);
  if (axis === 0) throw new NotRead("it is taken over the batch");
  channelsOf(source, 0);
  const input = inputOf(source, 0);
  const rest = x.slice(1);
  if (opset >= 13 || x.slice(axis + 1).every((size) => size === 1)) {
    write.node("softmax", [input], { axis }, { output: 0 });
  } else if (axis === 1 && isKnown(rest)) {
    const flat = write.node("reshape", [input], { shape: [elementCount(rest)] }, { step: "flat" });
    const weights = write.node("softmax", [flat], { axis: 1 }, { step: "weights" });
    write.node("reshape", [weights], { shape: rest }, { output: 0 });
  } else throw new NotRead(`it is taken over all axes of ${shapeText(x)} from ${axis} on`);
};

function isKnown(shape: readonly unknown[]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}

export const VECTORS = {
  Gemm: { read: gemm },
  MatMul: { read: matMul },
  Softmax: { read: softmax },
} satisfies Readonly<Record<string, OperatorRow>>;
