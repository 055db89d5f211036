import { add, divide, multiply, multiplyDims } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import { type Dim, MOST_DIMENSIONS, type Shape } from "../type-info.js";
import { alike, type OperatorTable } from "./operator.js";
import { type Geometry, keepsSize, windowGeometry } from "./window.js";

const INT32 = 6;

/** `filter`: the input with the weights, [out, in / group, kernel...]. */
function convolve(node: NodeInference, filter: number): void {
  if (!node.knowsShape(0) || !node.knowsShape(filter)) return;
  const weights = node.denseShape(filter);
  const geometry = windowGeometry(node, node.denseShape(0), { weights, dilates: true });
  if (geometry === null) return;
  if (weights.length < 1) refuse("the weights are a scalar");
  node.setShape(0, [node.denseShape(0)[0]!, weights[0]!, ...windowSizes(node.denseShape(0), geometry)]);
}

function windowSizes(input: Shape, geometry: Geometry): Dim[] {
  const { kernel, strides, padsBegin, padsEnd } = geometry;
  return kernel.map((extent, i) => {
    const size = input[2 + i]!;
    if (typeof size !== "number") return keepsSize(geometry, i) ? size : null;
    const room = add(add(add(size, padsBegin[i]!), padsEnd[i]!), -extent);
    return add(divide(room, strides[i]!), 1);
  });
}

function conv(node: NodeInference): void {
  node.copyElem(0, 0);
  convolve(node, 1);
}

function convInteger(node: NodeInference): void {
  if (node.type(0)?.kind !== "tensor" || node.type(1)?.kind !== "tensor") refuse("the inputs are not tensors");
  node.setElem(0, INT32);
  convolve(node, 1);
}

function qLinearConv(node: NodeInference): void {
  if (node.type(0)?.kind !== "tensor" || node.type(3)?.kind !== "tensor") refuse("the inputs are not tensors");
  if (node.type(2) === null || node.elem(2) !== node.elem(0)) refuse("input and zero point differ in type");
  if (node.type(5) === null || node.elem(5) !== node.elem(3)) refuse("weights and zero point differ in type");
  node.copyElem(7, 0);
  convolve(node, 3);
}

function convTranspose(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [input, weights] = [node.denseShape(0), node.denseShape(1)];
  const group = node.int("group", 1);
  if (group <= 0) refuse(`the group is ${group}`);
  if (input.length < 3) refuse("the input has no spatial dimensions");
  if (typeof input[1] === "number" && input[1] % group !== 0)
    refuse(`${input[1]} channels do not divide into ${group} groups`);
  if (weights.length < 3) refuse("the weights have no spatial dimensions");
  const geometry = windowGeometry(node, input, { weights, dilates: true, transposed: true });
  if (geometry === null) return;
  const sizes = transposedSizes(node, input, geometry);
  node.setShape(0, [input[0]!, multiplyDims(weights[1]!, group), ...sizes]);
}

function transposedSizes(node: NodeInference, input: Shape, geometry: Geometry): Dim[] {
  const spatial = input.slice(2);
  const given = node.ints("output_shape");
  if (given !== null && given.length !== spatial.length) refuse("output_shape has another number of sizes");
  if (given?.some((size) => size < 0)) refuse("output_shape has negative sizes");
  const padding = node.ints("output_padding") ?? spatial.map(() => 0);
  if (padding.length !== spatial.length) refuse("output_padding has another number of values");
  if (padding.some((pad) => pad < 0)) refuse("output_padding is negative");
  if (given !== null) return given.slice(0, firstShrunk(given, spatial));
  return spatial.map((size, i) => {
    if (typeof size !== "number") return null;
    const grown = add(multiply(geometry.strides[i]!, add(size, -1)), padding[i]!);
    return add(add(add(grown, geometry.kernel[i]!), -geometry.padsBegin[i]!), -geometry.padsEnd[i]!);
  });
}

/** An asked-for output smaller than the input ends the inference of ONNX in the middle of the shape. */
function firstShrunk(given: readonly number[], spatial: Shape): number {
  const index = given.findIndex((size, i) => typeof spatial[i] === "number" && size < spatial[i]);
  return index < 0 ? given.length : index;
}

/** Columns [batch, channels · block, blocks] are added up to pictures [batch, channels, image...]. */
function columnsToImage(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(3)) return;
  const vectors = [1, 2].map((i) => node.shape(i));
  if (vectors.some((shape) => shape.length !== 1)) refuse("the shapes of image and block are not vectors");
  const input = node.denseShape(0);
  const [image = null, block = null] = [1, 2].map((i) => node.constant(i)?.values("INT64"));
  const pads = node.ints("pads");
  if (pads !== null && pads.length % 2 !== 0) refuse("pads has an odd number of values");
  const counts = [image, block, node.ints("dilations"), node.ints("strides")].map((values) => values?.length ?? null);
  const declared = vectors.map(([count]) => count!);
  const rank = [...declared, ...counts, pads === null ? null : pads.length / 2].reduce<Dim>(
    (a, b) => unifyDims(a, b),
    null,
  );
  if (input.length !== 3) refuse("the input is not of rank 3");
  if (block?.some((extent) => extent <= 0)) refuse(`the block is ${block.join(" by ")}`);
  if (typeof rank !== "number" || rank < 0 || rank > MOST_DIMENSIONS) return;
  const [batch, rows] = input as readonly [Dim, Dim, Dim];
  const size = block === null || block.length === 0 ? null : block.reduce((a, b) => multiply(a, b), 1);
  const channels = typeof rows === "number" && size !== null ? divide(rows, size) : null;
  node.setShape(0, [batch, channels, ...(image ?? new Array<Dim>(rank).fill(null))]);
}

export const CONVOLUTION: OperatorTable = {
  ...alike("Col2Im", 18, columnsToImage),
  ...alike("Conv DeformConv", 1, conv),
  ...alike("ConvInteger", 10, convInteger),
  ...alike("QLinearConv", 10, qLinearConv),
  ...alike("ConvTranspose", 1, convTranspose),
};
