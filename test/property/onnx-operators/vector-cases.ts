import { symbol } from "../../../src/ir/dim.js";
import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { constant, type Draw, float, int, integers, ints } from "./draw.js";
import { type Input, type NodeCase, opened } from "./node-case.js";

type Make = (draw: Draw) => NodeCase;
type Attributes = Readonly<Record<string, AttributeValue>>;

const gemm: Make = (draw) => {
  const [columns, rows] = [draw.int(1, 4), draw.int(1, 4)];
  const opset = draw.opset();
  const transposed = draw.yes();
  const attributes: Attributes = {
    ...(transposed || draw.yes() ? { transB: int(transposed ? 1 : 0) } : {}),
    ...(draw.yes() ? { alpha: float(0.5) } : {}),
    ...(draw.yes() ? { beta: float(draw.pick([0, 1, 2])) } : {}),
  };
  const summand = constant(draw.pick([[], [1], [rows], [1, rows], [1, 1]]));
  return {
    op: "Gemm",
    opset,
    attributes,
    inputs: [
      draw.value([draw.int(1, 3), columns]),
      constant(transposed ? [rows, columns] : [columns, rows]),
      ...(opset < 11 || draw.yes() ? [summand] : []),
    ],
    seed: draw.seed(),
  };
};

const matMul: Make = (draw) => {
  const columns = draw.int(1, 4);
  return {
    op: "MatMul",
    opset: draw.opset(),
    inputs: [draw.value([draw.int(1, 3), columns]), constant([columns, draw.int(1, 4)])],
    seed: draw.seed(),
  };
};

const softmax: Make = (draw) => {
  const opset = draw.opset();
  const size = [draw.int(1, 2), draw.int(1, 4), draw.int(1, 3)].slice(0, draw.int(2, 3));
  const axis = draw.int(1, size.length - 1);
  const counted = opset >= 11 && draw.yes() ? axis - size.length : axis;
  const attributes: Attributes = draw.yes() ? { axis: int(counted) } : {};
  return { op: "Softmax", opset, inputs: [draw.value(size)], attributes, seed: draw.seed() };
};

/** A sample's sizes, and others that hold as much. */
const RESHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[3, 1, 1], [3]],
  [[3], [3, 1, 1]],
  [[6], [3, 2]],
  [
    [3, 2],
    [6, 1, 1],
  ],
  [[2, 3, 2], [12]],
  [[4], [4]],
];

const reshape: Make = (draw) => {
  const [from, to] = draw.pick(RESHAPES);
  const batch = draw.int(1, 2);
  const opset = draw.opset();
  const isOpen = draw.yes();
  const left = draw.pick([-1, ...to.keys()]);
  const copies = draw.yes();
  const rest = to.map((size, axis) => (axis === left && copies ? -1 : size));
  const lead = rest.includes(-1) ? 0 : draw.pick(isOpen ? [0, -1] : [0, -1, batch]);
  const size = [batch, ...from];
  const x: Input = isOpen ? { kind: "value", size, shape: [symbol("N"), ...from] } : { kind: "value", size };
  return { op: "Reshape", opset, inputs: [x, integers([lead, ...rest])], seed: draw.seed() };
};

const reshapeToItself: Make = (draw) => {
  const size = draw.pictureSize();
  const shape = opened(size);
  const target: Input = { kind: "integers", data: size, sizes: draw.yes() ? shape : shape.with(2, undefined as never) };
  return { op: "Reshape", opset: draw.opset(), inputs: [{ kind: "value", size, shape }, target], seed: draw.seed() };
};

const flatten: Make = (draw) => {
  const size = [draw.int(1, 2), draw.int(1, 3), ...draw.pick([[], [1, 1], [2, 2]])];
  const opset = draw.opset();
  const attributes: Attributes = draw.yes() ? { axis: int(opset >= 11 && draw.yes() ? 1 - size.length : 1) } : {};
  const x: Input = draw.yes()
    ? { kind: "value", size, shape: [symbol("N"), ...size.slice(1)] }
    : { kind: "value", size };
  return { op: "Flatten", opset, inputs: [x], attributes, seed: draw.seed() };
};

function axes(op: string): Make {
  return (draw) => {
    const opset = draw.opset();
    const squeezed = [draw.int(1, 2), draw.int(1, 3)];
    const at = draw.pick([[2], [1], [2, 3], [1, 3]]);
    const rank = squeezed.length + at.length;
    const rest = [...squeezed];
    const wide = Array.from({ length: rank }, (_, axis) => (at.includes(axis) ? 1 : rest.shift()!));
    const size = op === "Squeeze" ? wide : squeezed;
    const counted = opset >= 11 && draw.yes() ? at.map((axis) => axis - rank) : at;
    const x: Input = { kind: "value", size, ...(draw.yes() ? { shape: [symbol("N"), ...size.slice(1)] } : {}) };
    const common = { op, opset, seed: draw.seed() };
    return opset < 13
      ? { ...common, inputs: [x], attributes: { axes: ints(counted) } }
      : { ...common, inputs: [x, integers(counted)] };
  };
}

const transpose: Make = (draw) => {
  const [size, perm] = draw.pick([
    [
      [2, 3, 1, 1],
      [0, 2, 3, 1],
    ],
    [
      [1, 4, 1, 1, 2],
      [0, 3, 1, 2, 4],
    ],
    [
      [1, 1, 3],
      [0, 2, 1],
    ],
    [
      [2, 3],
      [0, 1],
    ],
  ] as const);
  const x: Input = draw.yes()
    ? { kind: "value", size, shape: [symbol("N"), ...size.slice(1)] }
    : { kind: "value", size };
  return { op: "Transpose", opset: draw.opset(), inputs: [x], attributes: { perm: ints(perm) }, seed: draw.seed() };
};

export const VECTOR_CASES: Readonly<Record<string, Make>> = {
  Gemm: gemm,
  MatMul: matMul,
  Softmax: softmax,
  Reshape: reshape,
  "Reshape to itself": reshapeToItself,
  Flatten: flatten,
  Squeeze: axes("Squeeze"),
  Transpose: transpose,
  Unsqueeze: axes("Unsqueeze"),
};
