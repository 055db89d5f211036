/** Elementwise operators of two values with ONNX's (numpy's) broadcasting, where the ranks are equal. */
import { type Dim, type Shape, sameDim, shapeText } from "../dim.js";
import { type DenseTensor, dense, stridesOf } from "./dense-tensor.js";
import { inPlace, type OpDefinition, RuleError } from "./operator.js";

export function broadcastShape(a: Shape, b: Shape): Shape {
  if (a.length !== b.length) throw new RuleError(`shapes ${shapeText(a)} and ${shapeText(b)} have different ranks`);
  return a.map((dim, axis): Dim => {
    const other = b[axis]!;
    if (dim === 1) return other;
    if (other === 1 || sameDim(dim, other)) return dim;
    throw new RuleError(`shapes ${shapeText(a)} and ${shapeText(b)} differ`);
  });
}

export function broadcastEvaluate(
  a: DenseTensor,
  b: DenseTensor,
  apply: (a: number, b: number) => number,
): DenseTensor {
  const shape = broadcastShape(a.shape, b.shape) as number[];
  const y = dense(shape);
  const strides = stridesOf(shape);
  const reader = (tensor: DenseTensor): ((index: number) => number) => {
    const own = stridesOf(tensor.shape);
    return (index) => {
      let at = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        if (tensor.shape[axis] !== 1) at += (Math.floor(index / strides[axis]!) % shape[axis]!) * own[axis]!;
      }
      return tensor.data[at]!;
    };
  };
  const readA = reader(a);
  const readB = reader(b);
  for (let i = 0; i < y.data.length; i++) y.data[i] = apply(readA(i), readB(i));
  return y;
}

/** An operator with attributes {} that combines two values elementwise. */
export function elementwise(apply: (a: number, b: number) => number): OpDefinition<Readonly<Record<string, never>>> {
  return {
    keepsZeros: () => apply(0, 0) === 0,
    reach: inPlace,
    infer: (_, [a, b]) => broadcastShape(a!, b!),
    evaluate: (_, [a, b]) => broadcastEvaluate(a!, b!, apply),
  };
}
