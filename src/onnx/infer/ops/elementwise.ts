import { broadcast } from "../arithmetic.js";
import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import { isTensor, type Shape } from "../type-info.js";
import { alike, copyFirst, type OperatorTable } from "./operator.js";

const BOOL = 9;

function binary(node: NodeInference): void {
  node.copyElem(0, 0);
  broadcastInputs(node, 2);
}

function comparison(node: NodeInference): void {
  node.setElem(0, BOOL);
  broadcastInputs(node, 2);
}

/** Before broadcasting was implicit, the first input gave the shape. */
function comparisonAsFirst(node: NodeInference): void {
  node.setElem(0, BOOL);
  if (node.knowsShape(0)) node.copyShape(0, 0);
}

function broadcastInputs(node: NodeInference, count: number): void {
  if (!node.knowsShapes(count)) return;
  node.setShape(0, broadcast(Array.from({ length: count }, (_, i) => node.denseShape(i))));
}

function variadic(node: NodeInference): void {
  node.copyElem(0, 0);
  const shapes: Shape[] = [];
  for (let i = 0; i < node.inputCount; i++) {
    const type = node.type(i);
    if (!isTensor(type) || type.kind !== "tensor" || type.shape === null) return;
    shapes.push(type.shape);
  }
  node.setShape(0, broadcast(shapes));
}

function where(node: NodeInference): void {
  node.copyElem(1, 0);
  broadcastInputs(node, 3);
}

/** Takes an element type from an integer attribute. */
export function elemFromAttribute(node: NodeInference, name: string, output: number, otherwise = 0): void {
  const attribute = node.attribute(name);
  if (attribute === undefined && otherwise !== 0) {
    node.setElem(output, otherwise);
    return;
  }
  const elem = Number(attribute?.i ?? Number.NaN);
  if (!(elem >= 0 && elem <= NEWEST_ELEM)) refuse(`the attribute ${name} names no element type`);
  node.setElem(output, elem);
}

const NEWEST_ELEM = 28;

function cast(node: NodeInference): void {
  elemFromAttribute(node, "to", 0);
  if (node.knowsShapes(1)) node.copyShape(0, 0);
}

function castLike(node: NodeInference): void {
  node.copyElem(1, 0);
  if (node.knowsShapes(1)) node.copyShape(0, 0);
}

export const ELEMENTWISE: OperatorTable = {
  ...alike(
    "Abs BitwiseNot Ceil Celu Clip Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Mish Neg PRelu Reciprocal " +
      "Relu Round Selu Shrink Sigmoid Sign Sqrt Swish Tanh ThresholdedRelu Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh " +
      "Acosh Atanh CumSum CumProd Identity LRN Softplus Softsign",
    1,
    copyFirst,
  ),
  ...alike("BitShift Mod StringConcat BitwiseAnd BitwiseOr BitwiseXor", 1, binary),
  ...alike("GreaterOrEqual LessOrEqual", 12, comparison),
  ...alike("IsInf IsNaN Not", 1, comparisonAsFirst),
  ...alike("Cast", 6, cast),
  ...alike("CastLike", 15, castLike),
  ...alike("Where", 9, where),
  Add: [
    [6, copyFirst],
    [7, binary],
  ],
  Sub: [
    [6, copyFirst],
    [7, binary],
  ],
  Mul: [
    [6, copyFirst],
    [7, binary],
  ],
  Div: [
    [6, copyFirst],
    [7, binary],
  ],
  Pow: [
    [1, copyFirst],
    [7, binary],
  ],
  And: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Or: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Xor: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Equal: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Greater: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Less: [
    [1, comparisonAsFirst],
    [7, comparison],
  ],
  Max: [
    [6, copyFirst],
    [8, variadic],
  ],
  Min: [
    [6, copyFirst],
    [8, variadic],
  ],
  Mean: [
    [6, copyFirst],
    [8, variadic],
  ],
  Sum: [
    [6, copyFirst],
    [8, variadic],
  ],
};
