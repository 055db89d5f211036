import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { axisOf } from "./axes.js";
import type { OperatorTable } from "./operator.js";

const INT32 = 6;

/** From version 10 on starts, ends, axes and steps are inputs. */
function slice(node: NodeInference): void {
  if (node.inputCount < 3 || node.inputCount > 5) refuse("there are not three to five inputs");
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const [starts, ends] = [integers(node, 1), integers(node, 2)];
  const axes = node.knowsShape(3) ? integers(node, 3) : undefined;
  const steps = node.knowsShape(4) ? integers(node, 4) : undefined;
  if (starts === null || ends === null || axes === null || steps === null) {
    node.setShape(
      0,
      input.map(() => null),
    );
    return;
  }
  if (starts.length !== ends.length) refuse("starts and ends differ in number");
  if (axes !== undefined && axes.length !== starts.length) refuse("axes and starts differ in number");
  const positive = (axes ?? starts.map((_, i) => i)).map((axis) => axisOf(axis, input.length));
  if (new Set(positive).size !== positive.length) refuse("an axis is sliced twice");
  if (steps !== undefined && steps.length !== starts.length) refuse("steps and starts differ in number");
  const output = [...input];
  for (const [i, axis] of positive.entries()) {
    const kept = node.version < 11 ? input[axis]! : null;
    output[axis] = slicedSize(input[axis]!, starts[i]!, ends[i]!, steps?.[i] ?? 1, node.version) ?? kept;
  }
  node.setShape(0, output);
}

function integers(node: NodeInference, i: number): readonly number[] | null {
  const constant = node.constant(i);
  return constant === null ? null : constant.values(constant.dataType === INT32 ? "INT32" : "INT64");
}

function slicedSize(size: Dim, start: number, end: number, step: number, version: number): Dim {
  if (typeof size !== "number") return null;
  if (version < 13 && size === 0) return 0;
  if (step === 0) refuse("a step is 0");
  if (size === 0) return 0;
  const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const from = step < 0 ? clamp(start, 0, size - 1) : clamp(start, 0, size);
  const to = step < 0 ? clamp(end, -1, version < 13 ? size : size - 1) : clamp(end, 0, size);
  return Math.max(Math.ceil((to - from) / step), 0);
}

function sliceByAttributes(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const [starts, ends] = [node.ints("starts"), node.ints("ends")];
  if (starts === null || ends === null || starts.length !== ends.length) refuse("starts and ends do not fit");
  const axes = node.ints("axes") ?? starts.map((_, i) => i);
  if (axes.length !== starts.length) refuse("axes and starts differ in number");
  if (axes.some((axis, i) => i > 0 && axis < axes[i - 1]!)) return;
  const input = node.denseShape(0);
  node.setShape(0, axes.some((axis) => axis < 0) ? input.map(() => null) : cutShape(input, starts, ends, axes));
}

function cutShape(input: Shape, starts: readonly number[], ends: readonly number[], axes: readonly number[]): Shape {
  return input.map((dim, i) => {
    const at = axes.indexOf(i);
    if (at < 0) return dim;
    if (typeof dim !== "number") return null;
    const [from, to] = [starts[at]!, ends[at]!].map((end) => (end < 0 ? end + dim : end)) as [number, number];
    const size = Math.min(dim, to) - from;
    return from >= 0 && to >= 0 && size >= 0 ? size : null;
  });
}

export const SLICING: OperatorTable = {
  Slice: [
    [1, sliceByAttributes],
    [10, slice],
  ],
};
