import { refuse } from "../fault.js";
import { mergeTypes, unifyDims, unifyShapes, unionTypes } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import { type Dim, isTensor, showType, type TypeInfo, tensorOf } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, type OperatorTable } from "./operator.js";

const INT64 = 7;

function branch(node: NodeInference): void {
  const then = node.inferGraph("then_branch", []);
  const otherwise = node.inferGraph("else_branch", []);
  if (then.length !== otherwise.length) refuse(`the branches have ${then.length} and ${otherwise.length} outputs`);
  if (then.length !== node.outputCount)
    refuse(`the branches have ${then.length} outputs, the node ${node.outputCount}`);
  for (const [o, type] of then.entries()) node.setType(o, unionTypes(otherwise[o]!, type));
}

/** What enters the body of a loop: its shape may change from one turn to the next. */
function withoutShape(type: TypeInfo): TypeInfo {
  if (type.kind === "tensor") return { ...type, shape: null };
  if (type.kind === "sequence" || type.kind === "optional") return { ...type, elem: withoutShape(type.elem) };
  return type;
}

function loop(node: NodeInference): void {
  const states = node.inputCount - 2;
  const entering: (TypeInfo | null)[] = [tensorOf(INT64, null), node.type(1)];
  for (let i = 2; i < node.inputCount; i++) {
    node.copyElem(i, i - 2);
    entering.push(withoutShape(node.type(i)!));
  }
  const leaving = node.inferGraph("body", entering);
  if (leaving.length === 0) return;
  if (leaving.length !== node.outputCount + 1) {
    refuse(`the body has ${leaving.length} outputs instead of ${node.outputCount + 1}`);
  }
  for (const [o, type] of leaving.slice(1).entries()) loopOutput(node, o, type, o < states);
}

const LOOPED: ReadonlySet<string> = new Set(["tensor", "sequence", "optional"]);

function loopOutput(node: NodeInference, o: number, type: TypeInfo, isState: boolean): void {
  if (!LOOPED.has(type.kind) || (node.version < 16 && type.kind === "optional"))
    refuse(`output ${o} of the body is a ${type.kind}`);
  if ((!isState || node.version < 13) && type.kind !== "tensor") refuse(`output ${o} of the body is no tensor`);
  requireElem(node, o, type);
  if (isState || type.kind !== "tensor" || type.shape === null) return;
  const output = node.output(o);
  node.setShape(o, unifyShapes([null, ...type.shape], isTensor(output) ? output.shape : null));
}

/** Gives the output the element type of what leaves the body, or finds that they differ. */
function requireElem(node: NodeInference, o: number, type: TypeInfo): void {
  const output = node.output(o);
  const bare = withoutShape(type);
  if (isUnknown(bare)) refuse(`the type of output ${o} of the body is not known`);
  if (isTensor(bare)) {
    if (!isTensor(output) && output.kind !== "unset") refuse(`output ${o} leaves the body as ${showType(bare)}`);
    const before = isTensor(output) ? output : { ...bare, elem: 0 };
    if (before.elem !== 0 && before.elem !== bare.elem) refuse(`output ${o} leaves the body as ${showType(bare)}`);
    node.setType(o, { ...before, elem: bare.elem });
  } else {
    node.setType(o, output.kind === bare.kind ? mergeTypes(bare, output) : bare);
  }
}

function isUnknown(type: TypeInfo): boolean {
  if (isTensor(type)) return type.elem === 0;
  return type.kind === "unset" || ((type.kind === "sequence" || type.kind === "optional") && isUnknown(type.elem));
}

function scan(node: NodeInference): void {
  const scanned = node.int("num_scan_inputs", 0);
  const states = node.inputCount - scanned;
  if (scanned < 0 || states < 0) refuse(`num_scan_inputs is ${scanned}, of ${node.inputCount} inputs`);
  if (states > node.outputCount) refuse(`there are ${node.outputCount} outputs for ${states} states`);
  const inputAxes = axesOf(node, "scan_input_axes", scanned);
  const outputAxes = axesOf(node, "scan_output_axes", node.outputCount - states);
  let length: Dim = null;
  const entering: TypeInfo[] = [];
  for (let i = 0; i < node.inputCount; i++) {
    const type = node.type(i);
    if (type?.kind !== "tensor") refuse(`input ${i} is no tensor`);
    if (i < states) {
      node.copyElem(i, i);
      if (node.knowsShape(i)) node.copyShape(i, i);
      entering.push(type);
    } else if (type.shape === null) {
      entering.push(type);
    } else {
      const axis = axisOf(inputAxes[i - states]!, type.shape.length);
      length = unifyDims(type.shape[axis]!, length);
      entering.push({ ...type, shape: type.shape.toSpliced(axis, 1) });
    }
  }
  const leaving = node.inferGraph("body", entering);
  if (leaving.length === 0) return;
  if (leaving.length !== node.outputCount)
    refuse(`the body has ${leaving.length} outputs instead of ${node.outputCount}`);
  for (const [o, type] of leaving.entries()) {
    if (type.kind !== "tensor") refuse(`output ${o} of the body is no tensor`);
    const before = node.output(o);
    if (o >= states) node.setElem(o, type.elem);
    if (type.shape === null) continue;
    const shape = o < states ? type.shape : inserted(type.shape, length, outputAxes[o - states]!);
    node.setShape(o, unifyShapes(shape, isTensor(before) ? before.shape : null));
  }
}

function axesOf(node: NodeInference, name: string, count: number): readonly number[] {
  const axes = node.ints(name) ?? new Array<number>(count).fill(0);
  return axes.length === count ? axes : refuse(`${name} has ${axes.length} axes instead of ${count}`);
}

function inserted(shape: readonly Dim[], length: Dim, axis: number): readonly Dim[] {
  return shape.toSpliced(axisOf(axis, shape.length + 1), 0, length);
}

export const CONTROL_FLOW: OperatorTable = {
  ...alike("If", 1, branch),
  ...alike("Loop", 1, loop),
  ...alike("Scan", 9, scan),
};
