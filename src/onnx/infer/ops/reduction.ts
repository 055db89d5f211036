import { refuse } from "../fault.js";
import { unifyDims } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, copyFirst, type OperatorTable } from "./operator.js";

const FLOAT = 1;
const INT64 = 7;

function reduce(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const given = givenAxes(node);
  if (given === null) return;
  const input = node.denseShape(0);
  if (node.int("noop_with_empty_axes", 0) !== 0 && given.length === 0) {
    node.copyShape(0, 0);
    return;
  }
  const axes = new Set(given.map((axis) => reducedAxis(node, axis, input.length)));
  const isReduced = (i: number) => axes.size === 0 || axes.has(i);
  const keeps = node.int("keepdims", 1) === 1;
  node.setShape(
    0,
    input.flatMap((dim, i): Dim[] => (isReduced(i) ? (keeps ? [1] : []) : [dim])),
  );
}

/** From the input, the attribute, or none; null when the input is not known. */
function givenAxes(node: NodeInference): readonly number[] | null {
  if (!node.hasInput(1)) return node.ints("axes") ?? [];
  if (node.attribute("axes") !== undefined) refuse("axes are given as input and as attribute");
  return node.constant(1)?.values("INT64") ?? null;
}

/** Negative axes exist since opset 11; before, ONNX lets any through. */
function reducedAxis(node: NodeInference, axis: number, rank: number): number {
  if (node.version >= 11 && !(node.version === 11 && isMaxOrMin(node))) return axisOf(axis, rank);
  return axis < 0 ? axis + rank : axis;
}

function isMaxOrMin(node: NodeInference): boolean {
  return node.operator === "ReduceMax" || node.operator === "ReduceMin";
}

function argReduce(node: NodeInference): void {
  node.setElem(0, INT64);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const axis = node.attribute("axis") === undefined ? 0 : argumentAxis(node, input.length);
  const keeps = node.int("keepdims", 1) === 1;
  node.setShape(
    0,
    input.flatMap((dim, i): Dim[] => (i === axis ? (keeps ? [1] : []) : [dim])),
  );
}

function argumentAxis(node: NodeInference, rank: number): number {
  const axis = node.int("axis", 0);
  if (node.version >= 11) return axisOf(axis, rank);
  return axis < 0 ? axis + rank : axis;
}

function softmax(defaultAxis: number): (node: NodeInference) => void {
  return (node) => {
    node.copyElem(0, 0);
    if (!node.knowsShapes(1)) return;
    const rank = node.denseShape(0).length;
    if (rank === 0) refuse("the input is a scalar");
    axisOf(node.int("axis", defaultAxis), rank);
    node.copyShape(0, 0);
  };
}

function batchNormalization(node: NodeInference): void {
  copyFirst(node);
  node.copyShape(0, 0);
  for (let i = 1; i < 5; i++) {
    if (node.knowsShape(i) && node.shape(i).length !== 1) refuse(`input ${i} is not a vector`);
  }
  let channels: Dim = null;
  if (node.knowsShape(0)) channels = node.shape(0).length > 1 ? node.shape(0)[1]! : 1;
  for (let i = 1; i < 5; i++) if (node.knowsShape(i)) channels = unifyDims(node.shape(i)[0]!, channels);
  const trains = node.int("training_mode", 0) !== 0;
  if (node.outputCount !== (trains ? 3 : 1)) {
    refuse(`there are ${node.outputCount} outputs, with training_mode ${trains ? "on" : "off"}`);
  }
  for (let o = 1; o < node.outputCount; o++) {
    node.copyElem(2 + o, o);
    node.setShape(o, [channels]);
  }
}

function layerNormalization(node: NodeInference): void {
  copyFirst(node);
  const stash = node.int("stash_type", FLOAT);
  for (let o = 1; o < node.outputCount; o++) node.setElem(o, stash);
  if (!node.knowsShapes(1)) return;
  const input = node.shape(0);
  const axis = normalizedAxis(node, input.length);
  for (let o = 1; o < node.outputCount; o++)
    node.setShape(
      o,
      input.map((dim, i) => (i < axis ? dim : 1)),
    );
}

function rmsNormalization(node: NodeInference): void {
  copyFirst(node);
  if (node.knowsShapes(1)) normalizedAxis(node, node.denseShape(0).length);
}

function normalizedAxis(node: NodeInference, rank: number): number {
  const given = node.int("axis", -1);
  const axis = given < 0 ? given + rank : given;
  return axis < 0 ? refuse(`axis ${given} is outside a tensor of rank ${rank}`) : axis;
}

function dropout(node: NodeInference): void {
  copyFirst(node);
  for (const i of [1, 2]) {
    if (node.knowsShape(i) && node.shape(i).length !== 0) refuse(`input ${i} is not a scalar`);
  }
  maskOutput(node);
}

function dropoutWithMask(node: NodeInference): void {
  copyFirst(node);
  maskOutput(node);
}

const BOOL = 9;

function maskOutput(node: NodeInference): void {
  if (node.outputCount !== 2) return;
  node.setElem(1, BOOL);
  if (node.knowsShapes(1)) node.copyShape(0, 1);
}

export const REDUCTION: OperatorTable = {
  ...alike(
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare",
    1,
    reduce,
  ),
  ...alike("ArgMax ArgMin", 1, argReduce),
  ...alike("InstanceNormalization", 6, copyFirst),
  ...alike("LpNormalization", 1, copyFirst),
  ...alike("LayerNormalization", 17, layerNormalization),
  ...alike("RMSNormalization", 23, rmsNormalization),
  BatchNormalization: [
    [6, copyFirst],
    [14, batchNormalization],
  ],
  Dropout: [
    [6, copyFirst],
    [10, dropoutWithMask],
    [12, dropout],
  ],
  Softmax: [
    [1, copyFirst],
    [11, softmax(1)],
    [13, softmax(-1)],
  ],
  LogSoftmax: [
    [1, copyFirst],
    [11, softmax(1)],
    [13, softmax(-1)],
  ],
  Hardmax: [
    [1, copyFirst],
    [11, softmax(1)],
    [13, softmax(-1)],
  ],
};
