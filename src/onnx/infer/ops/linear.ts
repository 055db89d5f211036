import { broadcast } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { alike, type OperatorTable } from "./operator.js";

const INT32 = 6;

function multiplyMatrices(node: NodeInference, a: number, b: number): void {
  if (!node.knowsShape(a) || !node.knowsShape(b)) return;
  const [left, right] = [node.denseShape(a), node.denseShape(b)];
  if (left.length === 0 || right.length === 0) refuse("a scalar cannot be multiplied as a matrix");
  const l: Shape = left.length === 1 ? [1, left[0]!] : left;
  const r: Shape = right.length === 1 ? [right[0]!, 1] : right;
  const [inner, outer] = [l.at(-1)!, r.at(-2)!];
  if (typeof inner === "number" && typeof outer === "number" && inner !== outer) {
    refuse(`a matrix of ${inner} columns cannot be multiplied with one of ${outer} rows`);
  }
  const rows = left.length === 1 ? [] : [l.at(-2)!];
  const columns = right.length === 1 ? [] : [r.at(-1)!];
  node.setShape(0, [...broadcast([l.slice(0, -2), r.slice(0, -2)]), ...rows, ...columns]);
}

function matMul(node: NodeInference): void {
  node.copyElem(0, 0);
  multiplyMatrices(node, 0, 1);
}

function matMulInteger(node: NodeInference): void {
  if (node.type(0)?.kind !== "tensor" || node.type(1)?.kind !== "tensor") refuse("the inputs are not tensors");
  node.setElem(0, INT32);
  multiplyMatrices(node, 0, 1);
}

function qLinearMatMul(node: NodeInference): void {
  if (node.type(0)?.kind !== "tensor" || node.type(3)?.kind !== "tensor") refuse("the inputs are not tensors");
  if (node.type(2) === null || node.elem(2) !== node.elem(0))
    refuse("the left input and its zero point differ in type");
  if (node.type(5) === null || node.elem(5) !== node.elem(3))
    refuse("the right input and its zero point differ in type");
  node.copyElem(7, 0);
  multiplyMatrices(node, 0, 3);
}

/** Rows and columns of an input, transposed if asked for. */
function matrix(node: NodeInference, i: number, transposes: string): readonly [Dim, Dim] {
  const shape = node.shape(i);
  if (shape.length !== 2) refuse(`input ${i} is not of rank 2`);
  const [rows, columns] = [shape[0]!, shape[1]!];
  return node.int(transposes, 0) === 0 ? [rows, columns] : [columns, rows];
}

/** Until version 13 only inputs of known shape were looked at, and not whether they fit. */
function gemmBefore13(node: NodeInference): void {
  node.copyElem(0, 0);
  if (node.knowsShapes(2)) {
    node.setShape(0, [matrix(node, 0, "transA")[0], matrix(node, 1, "transB")[1]]);
  } else if (node.version < 7 && node.knowsShape(2) && node.int("broadcast", 0) === 0) {
    node.setShape(0, node.denseShape(2));
  }
}

function gemm(node: NodeInference): void {
  node.copyElem(0, 0);
  const unknown = [null, null] as const;
  const [rows, inner] = node.knowsShape(0) ? matrix(node, 0, "transA") : unknown;
  const [depth, columns] = node.knowsShape(1) ? matrix(node, 1, "transB") : unknown;
  unifyDims(inner, depth);
  node.setShape(0, [rows, columns]);
}

function determinant(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  if (input.length < 2) refuse("the input is not a matrix");
  const [rows, columns] = [input.at(-2)!, input.at(-1)!];
  if (typeof rows === "number" && typeof columns === "number" && (rows !== columns || rows <= 0)) {
    refuse(`a matrix of ${rows} by ${columns} has no determinant`);
  }
  node.setShape(0, input.slice(0, -2));
}

export const LINEAR: OperatorTable = {
  ...alike("MatMul", 1, matMul),
  ...alike("MatMulInteger", 10, matMulInteger),
  ...alike("QLinearMatMul", 10, qLinearMatMul),
  ...alike("Det", 11, determinant),
  Gemm: [
    [6, gemmBefore13],
    [13, gemm],
  ],
};
