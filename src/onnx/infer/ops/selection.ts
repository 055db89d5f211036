import { add, multiply } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims, unifyShapes } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, copyFirst, type OperatorTable } from "./operator.js";

const INT64 = 7;

function concat(node: NodeInference): void {
  node.copyElem(0, 0);
  const count = node.inputCount;
  if (count < 1 || !node.knowsShapes(count)) return;
  const shapes = Array.from({ length: count }, (_, i) => node.denseShape(i));
  const rank = shapes[0]!.length;
  const given = node.attribute("axis") === undefined ? refuse("axis is missing") : node.int("axis", 0);
  if (node.version < 11 && given < 0) return;
  const axis = axisOf(given, rank);
  if (count === 1 && node.version >= 11) {
    node.copyShape(0, 0);
    return;
  }
  if (shapes.some((shape) => shape.length !== rank)) refuse("the inputs differ in rank");
  node.setShape(
    0,
    shapes[0]!.map((_, i) =>
      joinedDim(
        shapes.map((shape) => shape[i]!),
        i === axis,
      ),
    ),
  );
}

function joinedDim(dims: readonly Dim[], isJoined: boolean): Dim {
  if (!isJoined) return dims.reduce((a, b) => unifyDims(b, a));
  const known = dims.filter((dim) => typeof dim === "number");
  if (known.some((dim) => dim < 0)) refuse("an input has a negative dimension");
  const total = known.reduce(add, 0);
  return known.length === dims.length ? total : null;
}

function split(node: NodeInference): void {
  if (node.outputCount === 0) refuse("there is no output");
  for (let o = 0; o < node.outputCount; o++) node.copyElem(0, o);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const axis = axisOf(node.int("axis", 0), input.length);
  const size = input[axis]!;
  const parts = typeof size === "number" ? partSizes(node, size) : new Array<Dim>(node.outputCount).fill(null);
  if (parts === null) return;
  for (let o = 0; o < node.outputCount; o++) {
    node.setShape(
      o,
      input.map((dim, i) => (i === axis ? (parts[o] ?? null) : dim)),
    );
  }
}

/** Null when the sizes are an input that is not known. */
function partSizes(node: NodeInference, size: number): readonly number[] | null {
  const isInput =
    node.version >= 13 && (node.version >= 18 ? node.hasInput(1) : node.inputCount === 2 && node.type(1) !== null);
  const asked = node.version >= 18 ? node.attribute("num_outputs") : undefined;
  if (isInput && asked !== undefined) refuse("split and num_outputs are both given");
  const given = isInput ? (node.constant(1)?.values("INT64") ?? null) : node.version < 13 ? node.ints("split") : null;
  if (isInput && given === null) return null;
  if (given !== null) {
    if (given.length !== node.outputCount) refuse(`${given.length} sizes are given for ${node.outputCount} outputs`);
    const total = given.reduce(add, 0);
    if (total !== size) refuse(`the parts take ${total} of ${size}`);
    return given;
  }
  if (node.version < 18) {
    if (size % node.outputCount !== 0) refuse(`${size} does not divide into ${node.outputCount} equal parts`);
    return new Array<number>(node.outputCount).fill(size / node.outputCount);
  }
  if (asked === undefined) refuse("neither split nor num_outputs is given");
  return evenParts(size, node.int("num_outputs", 0), node.outputCount);
}

function evenParts(size: number, count: number, outputs: number): readonly number[] {
  if (count < 1) refuse(`num_outputs is ${count}`);
  const chunk = size % count === 0 ? size / count : Math.trunc(size / count) + 1;
  return Array.from({ length: outputs }, (_, i) => (i === count - 1 ? size - chunk * (count - 1) : chunk));
}

function gather(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [data, indices] = [node.denseShape(0), node.denseShape(1)];
  if (data.length < 1) refuse("the data is a scalar");
  const axis = axisOf(node.int("axis", 0), data.length);
  node.setShape(0, [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)]);
}

function gatherElements(node: NodeInference): void {
  node.copyElem(0, 0);
  if (node.knowsShape(1)) node.copyShape(1, 0);
}

function gatherND(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [data, indices] = [node.denseShape(0), node.denseShape(1)];
  if (data.length < 1 || indices.length < 1) refuse("data and indices may not be scalars");
  const last = indices.at(-1)!;
  if (typeof last !== "number") return;
  const depth = add(last, node.int("batch_dims", 0));
  if (depth > data.length) refuse(`indices of ${depth} coordinates exceed data of rank ${data.length}`);
  const shape = [...indices.slice(0, -1), ...data.slice(depth)];
  if (shape.length > 0) node.setShape(0, shape);
}

function compress(node: NodeInference): void {
  node.copyElem(0, 0);
  const hasAxis = node.attribute("axis") !== undefined;
  if (node.knowsShape(0)) {
    const input = node.denseShape(0);
    if (input.length < 1) refuse("the input is a scalar");
    if (hasAxis) {
      const axis = axisOf(node.int("axis", 0), input.length);
      node.setShape(
        0,
        input.map((dim, i) => (i === axis ? null : dim)),
      );
    }
  }
  if (!hasAxis) node.setShape(0, [null]);
}

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

function trilu(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShape(0)) return;
  if (node.denseShape(0).length < 2) refuse("the input is not a matrix");
  node.copyShape(0, 0);
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

function reverseSequence(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  if (node.shape(0).length < 2) refuse("the input is not a batch of sequences");
  if (node.shape(1).length !== 1) refuse("the lengths are not a vector");
  node.copyShape(0, 0);
}

function tensorScatter(node: NodeInference): void {
  node.copyElem(0, 0);
  if (node.knowsShape(0) && node.knowsShape(1)) {
    const [cache, update] = [node.shape(0), node.shape(1)];
    if (cache.length !== update.length) refuse("cache and update differ in rank");
    const given = node.int("axis", -2);
    const axis = given < 0 ? given + cache.length : given;
    if (axis <= 0 || axis >= cache.length) refuse(`axis ${given} is outside a tensor of rank ${cache.length}`);
    unifyShapes(
      cache.filter((_, i) => i !== axis),
      update.filter((_, i) => i !== axis),
    );
  }
  if (node.knowsShape(2)) {
    if (node.shape(2).length !== 1) refuse("the indices are not a vector");
    if (node.knowsShape(0)) unifyDims(node.shape(0)[0] ?? refuse("the cache is a scalar"), node.shape(2)[0]!);
  }
  if (node.knowsShapes(1)) node.copyShape(0, 0);
}

function tile(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const constant = node.constant(1);
  if (constant === null || !node.knowsShapes(2)) {
    node.setShape(
      0,
      input.map(() => null),
    );
    return;
  }
  if (node.denseShape(1).length !== 1) refuse("the repeats are not a vector");
  const repeats = constant.values("INT64");
  if (repeats.length !== input.length)
    refuse(`${repeats.length} repeats are given for a tensor of rank ${input.length}`);
  if (repeats.some((count) => count < 0)) refuse("a repeat is negative");
  node.setShape(
    0,
    input.map((dim, i) => (typeof dim === "number" ? multiply(dim, repeats[i]!) : null)),
  );
}

export const SELECTION: OperatorTable = {
  ...alike("Concat", 4, concat),
  ...alike("Split", 2, split),
  ...alike("Gather", 1, gather),
  ...alike("GatherElements", 11, gatherElements),
  ...alike("GatherND", 11, gatherND),
  ...alike("Scatter ScatterElements ScatterND", 9, copyFirst),
  ...alike("Compress", 11, compress),
  ...alike("TopK", 1, topK),
  ...alike("OneHot", 9, oneHot),
  ...alike("Trilu", 14, trilu),
  ...alike("NonZero", 9, nonZero),
  ...alike("Unique", 11, unique),
  ...alike("ReverseSequence", 10, reverseSequence),
  ...alike("TensorScatter", 24, tensorScatter),
  Tile: [
    [1, (node) => node.copyElem(0, 0)],
    [6, tile],
  ],
};
