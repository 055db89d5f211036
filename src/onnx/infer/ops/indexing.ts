import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, type OperatorTable } from "./operator.js";

const INT64 = 7;

function topK(node: NodeInference): void {
  node.copyElem(0, 0);
  node.setElem(1, INT64);
  if (!node.knowsShape(0)) return;
  const input = node.shape(0);
  const given = node.int("axis", -1);
  const axis = given < 0 ? given + input.length : given;
  if (axis < 0 || axis >= input.length) refuse(`axis ${given} is outside a tensor of rank ${input.length}`);
  const shape = topShape(node, input, axis);
  node.setShape(0, shape);
  node.setShape(1, shape);
}

function topShape(node: NodeInference, input: Shape, axis: number): Shape {
  const constant = node.version >= 10 ? node.constant(1) : null;
  const size = input[axis];
  if (node.version >= 10 && (constant === null || typeof size !== "number")) return input.map(() => null);
  if (constant !== null && (constant.dims.length !== 1 || constant.dims[0] !== 1))
    refuse("K is not a vector of one number");
  const k = constant === null ? node.int("k", -1) : constant.values("INT64")[0]!;
  if (constant === null && k <= 0) refuse(`k is ${k}`);
  if (constant !== null && (size as number) < k) refuse(`the ${k} largest of ${size} are asked for`);
  return input.map((dim, i) => (i === axis ? k : dim));
}

function oneHot(node: NodeInference): void {
  if (node.inputCount !== 3) refuse("there are not three inputs");
  if (node.version < 11) refuseNegativeIndices(node);
  const depth = hotDepth(node);
  if (node.knowsShape(2)) {
    const values = node.shape(2);
    if (values.length !== 1 || (typeof values[0] === "number" && values[0] !== 2)) refuse("the values are not a pair");
  }
  node.copyElem(2, 0);
  if (!node.knowsShape(0)) return;
  const indices = node.denseShape(0);
  if (indices.length < 1) refuse("the indices are a scalar");
  const axis = axisOf(node.int("axis", -1), indices.length + 1);
  node.setShape(0, [...indices.slice(0, axis), depth, ...indices.slice(axis)]);
}

const PARSED = new Map([
  [1, "FLOAT"],
  [6, "INT32"],
  [7, "INT64"],
  [11, "DOUBLE"],
] as const);

function refuseNegativeIndices(node: NodeInference): void {
  const constant = node.constant(0);
  const type = PARSED.get((constant?.dataType ?? 0) as 1);
  if (constant !== null && type !== undefined && constant.values(type).some((index) => index < 0)) {
    refuse("an index is negative");
  }
}

function hotDepth(node: NodeInference): Dim {
  if (!node.knowsShape(1)) return null;
  const shape = node.shape(1);
  if (shape.length > 1) refuse("the depth is no scalar");
  if (typeof shape[0] === "number" && shape[0] > 1) refuse("the depth has several values");
  const constant = node.constant(1);
  const type = PARSED.get((constant?.dataType ?? 0) as 1);
  const [depth] = constant === null || type === undefined || type === "DOUBLE" ? [] : constant.values(type);
  if (depth !== undefined && depth < 0) refuse(`the depth is ${depth}`);
  return depth === undefined ? null : Math.trunc(depth);
}

function nonZero(node: NodeInference): void {
  node.setElem(0, INT64);
  node.setShape(0, [node.knowsShape(0) ? node.shape(0).length : null, null]);
}

function unique(node: NodeInference): void {
  node.copyElem(0, 0);
  for (let o = 1; o < node.outputCount; o++) {
    node.setElem(o, INT64);
    node.setShape(o, [null]);
  }
  const type = node.type(0);
  if (node.attribute("axis") === undefined) {
    node.setShape(0, [null]);
  } else if (type?.kind === "tensor" && type.shape !== null) {
    const axis = axisOf(node.int("axis", 0), type.shape.length);
    node.setShape(
      0,
      type.shape.map((dim, i) => (i === axis ? null : dim)),
    );
  }
}

export const INDEXING: OperatorTable = {
  ...alike("TopK", 1, topK),
  ...alike("OneHot", 9, oneHot),
  ...alike("NonZero", 9, nonZero),
  ...alike("Unique", 11, unique),
};
