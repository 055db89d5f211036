import { divide, multiply, multiplyDims, productOf } from "../arithmetic.js";
import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { axisOf, distinctAxes } from "./axes.js";
import { alike, type OperatorTable } from "./operator.js";

const INT64 = 7;

/** Until version 13 only constants give the new shape. */
function reshape(node: NodeInference): void {
  node.copyElem(0, 0);
  const target = node.version < 14 ? (node.constant(1)?.values("INT64") ?? null) : node.sizesOf(1);
  if (target !== null) node.setShape(0, reshaped(node, target));
}

function reshaped(node: NodeInference, target: Shape): Shape {
  const type = node.type(0);
  const input = type?.kind === "tensor" ? type.shape : null;
  const keepsZeros = node.int("allowzero", 0) !== 0;
  if (target.filter((dim) => dim === -1).length > 1) refuse("the new shape leaves several dimensions open");
  const output = target.map((dim, i) => {
    if (dim === -1) return null;
    if (dim === 0 && !keepsZeros) return copiedDim(input, i);
    return typeof dim === "number" && dim < 0 ? refuse(`the new shape has the dimension ${dim}`) : dim;
  });
  const open = target.indexOf(-1);
  if (open < 0) return output;
  return output.map((dim, i) => (i === open ? openDim(input, target, output, keepsZeros) : dim));
}

function copiedDim(input: Shape | null, i: number): Dim {
  if (input === null) return null;
  return i < input.length
    ? input[i]!
    : refuse(`dimension ${i} of the new shape copies one that the input does not have`);
}

/** The dimension that takes what the others leave; null when that is not known. */
function openDim(input: Shape | null, target: Shape, output: Shape, keepsZeros: boolean): Dim {
  const copiesSymbol = (i: number) => target[i] === 0 && !keepsZeros && typeof output[i] !== "number";
  const others = output.filter((_, i) => target[i] !== -1 && !copiesSymbol(i));
  if (others.some((dim) => typeof dim !== "number")) return null;
  const rest = others.reduce<number>((product, dim) => multiply(product, dim as number), 1);
  if (rest === 0) refuse("the new shape leaves a dimension open beside one of 0");
  const sources = input?.filter((dim, i) => typeof dim === "number" || !copiesSymbol(i));
  const whole = sources?.every((dim) => typeof dim === "number") ? productOf(sources) : null;
  if (typeof whole !== "number") return null;
  if (whole % rest !== 0) refuse(`${whole} elements do not divide into rows of ${rest}`);
  return divide(whole, rest);
}

function transpose(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const order = node.ints("perm") ?? input.map((_, i) => input.length - 1 - i);
  if (order.some((axis) => axis < 0 || axis >= input.length)) {
    refuse(`perm [${order.join(", ")}] is outside a tensor of rank ${input.length}`);
  }
  if (new Set(order).size !== order.length) refuse(`perm [${order.join(", ")}] repeats an axis`);
  if (order.length > 0 || node.version >= 13)
    node.setShape(
      0,
      order.map((axis) => input[axis]!),
    );
}

function squeeze(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const axes = squeezedAxes(node, input);
  if (axes === null) return;
  for (const axis of axes) {
    const dim = input[axis];
    if (typeof dim === "number" && dim !== 1) refuse(`dimension ${axis} is ${dim} and cannot be removed`);
  }
  node.setShape(
    0,
    input.filter((_, i) => !axes.has(i)),
  );
}

/** From version 13 on axes are an input. Null when they are not known. */
function squeezedAxes(node: NodeInference, input: Shape): ReadonlySet<number> | null {
  const isInput = node.version >= 13;
  if (isInput && node.inputCount === 2 && node.type(1) !== null) {
    const axes = node.constant(1)?.values("INT64");
    return axes === undefined ? null : new Set(axes.map((axis) => axisOf(axis, input.length)));
  }
  const given = isInput ? null : node.ints("axes");
  if (given !== null)
    return new Set(given.map((axis) => (axis < 0 && node.version >= 11 ? axis + input.length : axis)));
  if (input.some((dim) => typeof dim !== "number")) return null;
  return new Set([...input.keys()].filter((i) => input[i] === 1));
}

function unsqueeze(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const given = node.version >= 13 ? (node.constant(1)?.values("INT64") ?? null) : node.ints("axes");
  if (given === null) return;
  const input = node.denseShape(0);
  const rank = input.length + given.length;
  const axes = node.version >= 11 ? distinctAxes(given, rank) : given;
  node.setShape(
    0,
    inserted(
      input,
      [...axes].sort((a, b) => a - b),
    ),
  );
}

/** Puts a dimension of 1 at each of the ascending axes, as far as they can be reached. */
function inserted(input: Shape, axes: readonly number[]): Shape {
  const output: Dim[] = [];
  let next = 0;
  for (const dim of [...input, undefined]) {
    for (; next < axes.length && axes[next] === output.length; next++) output.push(1);
    if (dim !== undefined) output.push(dim);
  }
  return output;
}

function flatten(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShape(0)) return;
  const input = node.shape(0);
  const given = node.int("axis", 1);
  const axis = given < 0 && node.version >= 11 ? given + input.length : given;
  if (axis < 0 || axis > input.length) refuse(`axis ${given} is outside a tensor of rank ${input.length}`);
  node.setShape(0, [productOf(input.slice(0, axis)), productOf(input.slice(axis))]);
}

function shapeOf(node: NodeInference): void {
  node.setElem(0, INT64);
  if (!node.knowsShapes(1)) {
    node.setShape(0, [null]);
    return;
  }
  const rank = node.denseShape(0).length;
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  const length = clamp(node.int("end", rank)) - clamp(node.int("start", 0));
  const isDense = node.type(0)?.kind === "tensor";
  node.setShape(0, [isDense || node.version >= 15 ? Math.max(length, 0) : null]);
}

function size(node: NodeInference): void {
  node.setElem(0, INT64);
  node.setShape(0, []);
}

function depthToSpace(node: NodeInference): void {
  rearranged(node, ([n, c, h, w], block) => [
    n!,
    divideDims(c!, block * block),
    multiplyDims(h!, block),
    multiplyDims(w!, block),
  ]);
}

function spaceToDepth(node: NodeInference): void {
  rearranged(node, ([n, c, h, w], block) => [
    n!,
    multiplyDims(c!, block * block),
    divideDims(h!, block),
    divideDims(w!, block),
  ]);
}

function divideDims(dim: Dim, by: number): Dim {
  if (typeof dim === "number") return divide(dim, by);
  return by === 1 ? dim : null;
}

function rearranged(node: NodeInference, sizes: (input: Shape, block: number) => Shape): void {
  node.copyElem(0, 0);
  const block = node.int("blocksize", 0);
  if (block <= 0) refuse(`the block size is ${block}`);
  multiply(block, block);
  if (!node.knowsShape(0)) return;
  const input = node.shape(0);
  if (input.length !== 4) refuse(`the input is of rank ${input.length}, not 4`);
  node.setShape(0, sizes(input, block));
}

export const RESHAPING: OperatorTable = {
  ...alike("Reshape", 5, reshape),
  ...alike("Transpose", 1, transpose),
  ...alike("Squeeze", 1, squeeze),
  ...alike("Unsqueeze", 1, unsqueeze),
  ...alike("Flatten", 1, flatten),
  ...alike("Shape", 1, shapeOf),
  ...alike("Size", 1, size),
  ...alike("DepthToSpace", 1, depthToSpace),
  ...alike("SpaceToDepth", 1, spaceToDepth),
};
