import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import { elemFromAttribute } from "./elementwise.js";
import { alike, type OperatorTable } from "./operator.js";

const FLOAT = 1;
const UINT8 = 2;

function copyShapeOfFirst(node: NodeInference): void {
  if (node.knowsShape(0)) node.setShape(0, node.shape(0));
}

/** The zero point gives the type; from version 21 on an attribute can. */
function quantize(node: NodeInference): void {
  const asked = node.version >= 21 ? node.int("output_dtype", 0) : 0;
  const zeroPoint = node.hasInput(2) ? node.type(2) : null;
  if (zeroPoint !== null) {
    if (asked !== 0 && asked !== node.elem(2)) refuse("output_dtype and the zero point differ in type");
    node.copyElem(2, 0);
  } else if (asked !== 0) {
    elemFromAttribute(node, "output_dtype", 0);
  } else if (!node.hasInput(2)) {
    node.setElem(0, UINT8);
  }
  copyShapeOfFirst(node);
}

function dequantize(node: NodeInference): void {
  if (node.version < 19) node.setElem(0, FLOAT);
  else if (node.version >= 23 && node.int("output_dtype", 0) !== 0) elemFromAttribute(node, "output_dtype", 0);
  else node.copyElem(1, 0);
  copyShapeOfFirst(node);
}

function dynamicQuantize(node: NodeInference): void {
  node.setElem(0, UINT8);
  node.setElem(1, FLOAT);
  node.setElem(2, UINT8);
  node.setShape(1, []);
  node.setShape(2, []);
  copyShapeOfFirst(node);
}

export const QUANTIZATION: OperatorTable = {
  ...alike("QuantizeLinear", 10, quantize),
  ...alike("DequantizeLinear", 10, dequantize),
  ...alike("DynamicQuantizeLinear", 11, dynamicQuantize),
};
