import { add, multiply, multiplyDims } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims, unifyShapes } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, copyFirst, type OperatorTable } from "./operator.js";

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

function trilu(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShape(0)) return;
  if (node.denseShape(0).length < 2) refuse("the input is not a matrix");
  node.copyShape(0, 0);
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
    const derived = node.knowsShape(1) && node.shape(1).length === 1 ? node.sizesOf(1) : null;
    node.setShape(
      0,
      input.map((dim, i) => (derived?.length === input.length ? multiplyDims(dim, derived[i]!) : null)),
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

const INT64 = 7;

/** One row [batch, class, box] per box that is kept. */
function nonMaxSuppression(node: NodeInference): void {
  node.setElem(0, INT64);
  if (node.version >= 11) node.setShape(0, [null, 3]);
}

export const SELECTION: OperatorTable = {
  ...alike("Concat", 4, concat),
  ...alike("Split", 2, split),
  ...alike("Gather", 1, gather),
  ...alike("GatherElements", 11, gatherElements),
  ...alike("GatherND", 11, gatherND),
  ...alike("Scatter ScatterElements ScatterND", 9, copyFirst),
  ...alike("Compress", 11, compress),
  ...alike("Trilu", 14, trilu),
  ...alike("ReverseSequence", 10, reverseSequence),
  ...alike("NonMaxSuppression", 10, nonMaxSuppression),
  ...alike("TensorScatter", 24, tensorScatter),
  Tile: [
    [1, (node) => node.copyElem(0, 0)],
    [6, tile],
  ],
};
