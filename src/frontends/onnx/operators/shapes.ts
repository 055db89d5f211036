/** The values of each sample under another shape: pooled pictures as vectors, vectors as pictures of one pixel. */
import { type Dim, type Shape, sameShape, shapeText } from "../../../ir/dim.js";
import { elementCount } from "../../../tensors/tensor.js";
import { intOf, intsOf } from "../attributes.js";
import { axisOf, inputOf, keep, numbersOf, shapeOf } from "../operands.js";
import { type NodeWriter, NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";
import { fits, reshapeTarget } from "../reshape-target.js";

/** Emits the first input under a shape that has as many elements and keeps the batch. */
function emitReshaped(source: SourceNode, write: NodeWriter, to: Shape): void {
  const x = inputOf(source, 0);
  if (sameShape(shapeOf(source, 0), to)) keep(write, x);
  else write.node("reshape", [x], { shape: sampleOf(to) }, { output: 0 });
}

/** The sizes of a sample, which must be known. */
function sampleOf(shape: readonly Dim[]): readonly number[] {
  const rest = shape.slice(1);
  if (rest.every((size) => typeof size === "number")) return rest;
  throw new NotRead(`a sample of ${shapeText(shape)} has sizes that are not known`);
}

const reshape: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const target = reshapeTarget(source, x);
  if (fits(target, x)) return keep(write, inputOf(source, 0));
  const held = elementCount(sampleOf(x));
  const [batch, ...rest] = target;
  const known = rest.filter((size) => size !== "rest").map((size) => (typeof size === "number" ? size : Number.NaN));
  const others = elementCount(known);
  const sample = rest.map((size) => (size === "rest" ? held / others : (size as number)));
  const kept = batch !== undefined && (batch === "rest" || sameShape([batch], [x[0]!]));
  if (!kept || !sample.every(Number.isInteger) || elementCount(sample) !== held)
    throw new NotRead(`it changes the batch of ${shapeText(x)}, or to one that is not known`);
  emitReshaped(source, write, [x[0]!, ...sample]);
};

const flatten: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const axis = intOf(source.node, "axis", 1);
  if ((axis < 0 ? axis + x.length : axis) !== 1)
    throw new NotRead(`it flattens the axes from ${axis} on, not each sample`);
  emitReshaped(source, write, [x[0]!, elementCount(sampleOf(x))]);
};

/** An attribute until opset 12, an input from 13 on. */
function axesOf(source: SourceNode): readonly number[] {
  const axes = source.opset < 13 ? intsOf(source.node, "axes") : source.input(1) && numbersOf(source, 1, "axes");
  if (!axes) throw new NotRead("its axes are all axes whose size is 1");
  return axes;
}

const squeeze: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const axes = new Set(axesOf(source).map((axis) => axisOf(axis, x.length)));
  if (axes.has(0)) throw new NotRead("it removes the batch axis");
  const to = x.filter((_, axis) => !axes.has(axis));
  emitReshaped(source, write, to);
};

const unsqueeze: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const given = axesOf(source);
  const rank = x.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank)));
  if (axes.has(0)) throw new NotRead("it adds an axis before the batch");
  const rest = [...x];
  const to = Array.from({ length: rank }, (_, axis): Dim => (axes.has(axis) ? 1 : rest.shift()!));
  emitReshaped(source, write, to);
};

/** One that moves axes of size 1 alone keeps the order of the values. */
const transpose: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const perm = intsOf(source.node, "perm") ?? [...x.keys()].reverse();
  const moved = perm.filter((axis) => x[axis] !== 1);
  if (perm[0] !== 0 || moved.some((axis, index) => index > 0 && axis < moved[index - 1]!))
    throw new NotRead("it changes the order of values");
  emitReshaped(
    source,
    write,
    perm.map((axis) => x[axis]!),
  );
};

export const SHAPES = {
  Reshape: { read: reshape },
  Flatten: { read: flatten },
  Squeeze: { read: squeeze },
  Transpose: { read: transpose },
  Unsqueeze: { read: unsqueeze },
} satisfies Readonly<Record<string, OperatorRow>>;
