/** Operators that make elements, or one of many. */
import type { OperatorFold } from "./operator-fold.js";
import { countOf, isNumeric } from "./small-tensor.js";

const range: OperatorFold = ({ inputs, dataType, most }) => {
  const [start, limit, delta] = inputs.map((input) => input?.data[0]);
  if (typeof start !== "number" || typeof limit !== "number" || typeof delta !== "number") return null;
  const count = Math.max(Math.ceil((limit - start) / delta), 0);
  if (!(count <= most)) return null;
  return { dataType, dims: [count], data: Array.from({ length: count }, (_, i) => start + i * delta) };
};

const constantOfShape: OperatorFold = ({ attributes, dataType, dims, most }) => {
  const value = attributes.element("value", 0);
  if (dims === null || value === null || !(countOf(dims) <= most)) return null;
  return { dataType, dims, data: new Array<number>(countOf(dims)).fill(value) };
};

/** Of vectors: the first of the smallest or largest. */
function extremeIndex(isBetter: (value: number, best: number) => boolean): OperatorFold {
  return ({ inputs, dataType, dims }) => {
    const [input] = inputs;
    if (input?.dims.length !== 1 || !isNumeric(input) || dims === null || countOf(dims) !== 1) return null;
    const { data } = input;
    return { dataType, dims, data: [data.reduce((at, value, i) => (isBetter(value, data[at]!) ? i : at), 0)] };
  };
}

/** Over all axes. */
function reduction(combine: (a: number, b: number) => number): OperatorFold {
  return ({ inputs: [input], dataType, dims }) => {
    if (input == null || !isNumeric(input) || input.data.length === 0) return null;
    return dims === null || countOf(dims) !== 1 ? null : { dataType, dims, data: [input.data.reduce(combine)] };
  };
}

export const GENERATING_FOLDS: Readonly<Record<string, OperatorFold>> = {
  Range: range,
  ConstantOfShape: constantOfShape,
  ArgMin: extremeIndex((value, best) => value < best),
  ArgMax: extremeIndex((value, best) => value > best),
  ReduceProd: reduction((a, b) => a * b),
  ReduceSum: reduction((a, b) => a + b),
  ReduceMax: reduction((a, b) => Math.max(a, b)),
  ReduceMin: reduction((a, b) => Math.min(a, b)),
};
