import { refuse } from "../fault.js";
import { unionShapes } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import { type Dim, isTensor, type Shape, type TypeInfo, tensorOf, typeInfo } from "../type-info.js";
import { axisOf } from "./axes.js";
import { alike, type OperatorTable } from "./operator.js";

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const BOOL = 9;

function known(node: NodeInference, i: number): TypeInfo {
  return node.type(i) ?? refuse(`the type of input ${i} is not known`);
}

/** The type inside a sequence; unknown in every part for anything else. */
function element(type: TypeInfo): TypeInfo {
  return type.kind === "sequence" ? type.elem : tensorOf(0, null);
}

function elementTensor(type: TypeInfo): { readonly elem: number; readonly shape: Shape | null } {
  const inner = element(type);
  return inner.kind === "tensor" ? inner : { elem: 0, shape: null };
}

function setSequence(node: NodeInference, elem: number, shape: Shape | null): void {
  node.setType(0, { kind: "sequence", elem: tensorOf(elem, shape) });
}

function empty(node: NodeInference): void {
  const dtype = node.attribute("dtype");
  if (dtype !== undefined && dtype.i === undefined) refuse("dtype names no type");
  setSequence(node, node.int("dtype", FLOAT), null);
}

function construct(node: NodeInference): void {
  if (node.inputCount < 1) refuse("there is no input");
  const types = Array.from({ length: node.inputCount }, (_, i) => known(node, i));
  const elems = types.map((type) => (type.kind === "tensor" ? type.elem : 0));
  if (new Set(elems).size > 1) refuse("the inputs differ in type");
  const shapes = types.map((_, i) => node.denseShape(i));
  setSequence(
    node,
    elems[0]!,
    node.knowsShapes(types.length) ? shapes.reduce<Shape | null>((a, b) => unionShapes(b, a), shapes[0]!) : null,
  );
}

function insert(node: NodeInference): void {
  const [sequence, item] = [elementTensor(known(node, 0)), known(node, 1)];
  const elem = item.kind === "tensor" ? item.elem : 0;
  if (sequence.elem !== elem) refuse("sequence and tensor differ in type");
  const shape = node.knowsShapes(2) ? unionShapes(node.denseShape(1), sequence.shape ?? []) : null;
  setSequence(node, sequence.elem, shape);
}

function at(node: NodeInference): void {
  node.setType(0, element(known(node, 0)));
}

function erase(node: NodeInference): void {
  node.setType(0, known(node, 0));
}

function length(node: NodeInference): void {
  node.setElem(0, INT64);
  node.setShape(0, []);
}

function concatFrom(node: NodeInference): void {
  const { elem, shape } = elementTensor(known(node, 0));
  node.setElem(0, elem);
  if (!node.knowsShape(0)) return;
  const input = shape ?? [];
  if (node.attribute("axis") === undefined) refuse("axis is missing");
  const stacks = node.int("new_axis", 0);
  if (stacks !== 0 && stacks !== 1) refuse(`new_axis is ${stacks}`);
  const axis = axisOf(node.int("axis", 0), input.length + stacks);
  const rest = stacks === 1 ? input.slice(axis) : input.slice(axis + 1);
  node.setShape(0, [...input.slice(0, axis), null, ...rest]);
}

function splitTo(node: NodeInference): void {
  const type = known(node, 0);
  const elem = type.kind === "tensor" ? type.elem : 0;
  setSequence(node, elem, null);
  if (!node.knowsShape(0)) return;
  const input = node.denseShape(0);
  const axis = axisOf(node.int("axis", 0), input.length);
  const keeps = node.inputCount > 1 || node.int("keepdims", 1) !== 0;
  const size = node.inputCount > 1 ? chunkSize(node, input[axis]!) : 1;
  setSequence(
    node,
    elem,
    input.flatMap((dim, i): Dim[] => (i !== axis ? [dim] : keeps ? [size] : [])),
  );
}

/** The size that all chunks have, if it is one and known. */
function chunkSize(node: NodeInference, size: Dim): Dim {
  const constant = node.knowsShape(1) ? node.constant(1) : null;
  if (constant === null) return null;
  const sizes = constant.values(constant.dataType === INT32 ? "INT32" : "INT64");
  const [first] = sizes;
  if (first === undefined) refuse("split is empty");
  if (typeof size !== "number") return null;
  if (node.shape(1).length === 0) {
    if (first <= 0) refuse(`split is ${first}`);
    return size % first === 0 ? first : null;
  }
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== size) refuse(`the parts take ${total} of ${size}`);
  return sizes.every((chunk) => chunk === first) && first > 0 ? first : null;
}

function optional(node: NodeInference): void {
  if (node.outputCount !== 1) refuse("there is not one output");
  const type = node.attribute("type");
  if (node.inputCount === 1) node.setType(0, { kind: "optional", elem: known(node, 0) });
  else if (node.inputCount !== 0 || type === undefined) refuse("neither an input nor a type is given");
  else node.setType(0, { kind: "optional", elem: typeInfo(type.tp ?? refuse("the attribute type holds no type")) });
}

function hasElement(node: NodeInference): void {
  if (node.outputCount !== 1) refuse("there is not one output");
  node.setElem(0, BOOL);
  node.setShape(0, []);
}

function getElement(node: NodeInference): void {
  if (node.inputCount !== 1) refuse("there is not one input");
  const type = known(node, 0);
  if (type.kind !== "optional") {
    if (node.version < 18) refuse("the input is not optional");
    node.copyFirst();
  } else if (type.elem.kind === "unset") {
    refuse("the optional does not say what it holds");
  } else {
    node.setType(0, type.elem);
  }
}

function stringNormalizer(node: NodeInference): void {
  node.setElem(0, STRING);
  if (!node.knowsShape(0)) return;
  const input = node.denseShape(0);
  if (input.length !== 1 && (input.length !== 2 || input[0] !== 1)) refuse("the input is neither [C] nor [1, C]");
  node.setShape(0, input.length === 1 ? [null] : [1, null]);
}

const STRING = 8;

function regexFullMatch(node: NodeInference): void {
  node.setElem(0, BOOL);
  node.copyShape(0, 0);
}

function stringSplit(node: NodeInference): void {
  const type = node.type(0);
  if (!isTensor(type) || type.shape === null || type.elem !== STRING) return;
  node.setElem(0, STRING);
  node.setShape(0, [...type.shape, null]);
  node.setElem(1, INT64);
  node.setShape(1, type.shape);
}

export const SEQUENCE: OperatorTable = {
  ...alike("SequenceEmpty", 11, empty),
  ...alike("SequenceConstruct", 11, construct),
  ...alike("SequenceInsert", 11, insert),
  ...alike("SequenceAt", 11, at),
  ...alike("SequenceErase", 11, erase),
  ...alike("SequenceLength", 11, length),
  ...alike("ConcatFromSequence", 11, concatFrom),
  ...alike("SplitToSequence", 11, splitTo),
  ...alike("Optional", 15, optional),
  ...alike("OptionalHasElement", 15, hasElement),
  ...alike("OptionalGetElement", 15, getElement),
  ...alike("StringNormalizer", 10, stringNormalizer),
  ...alike("RegexFullMatch", 20, regexFullMatch),
  ...alike("StringSplit", 20, stringSplit),
};
