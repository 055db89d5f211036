import { broadcast, multiplyDims } from "../arithmetic.js";
import type { Dim } from "../type-info.js";
import { areGiven, type OperatorFold } from "./operator-fold.js";
import { countOf, type SmallTensor } from "./small-tensor.js";

type Compute = (...values: number[]) => number;
/** What becomes of operands of which one at least is no number. */
type OfSymbols = (...operands: Dim[]) => Dim;

const INTEGERS: ReadonlySet<number> = new Set([6, 7]);

function elementwise(compute: Compute, ofSymbols: OfSymbols = () => null): OperatorFold {
  return (site) => elements(site, compute, ofSymbols);
}

function elements({ inputs, dataType, most }: Parameters<OperatorFold>[0], compute: Compute, ofSymbols: OfSymbols) {
  if (!areGiven(inputs, Math.max(1, compute.length))) return null;
  const operands = inputs;
  const dims = broadcast(operands.map((operand) => operand.dims)) as readonly number[];
  const count = countOf(dims);
  if (!(count <= most)) return null;
  const readers = operands.map((operand) => elementReader(operand, dims));
  const isInteger = INTEGERS.has(dataType);
  const data = Array.from({ length: count }, (_, i): Dim => {
    const values = readers.map((read) => read(i));
    if (!values.every((value) => typeof value === "number")) return ofSymbols(...values);
    const value = compute(...values);
    return isInteger && !Number.isSafeInteger(value) ? null : value;
  });
  return { dataType, dims, data };
}

/** The element that broadcasting to some dimensions puts at a position. */
export function elementReader({ data, dims: own }: SmallTensor, dims: readonly number[]): (position: number) => Dim {
  if (data.length === countOf(dims)) return (position) => data[position]!;
  if (data.length === 1) return () => data[0]!;
  return (position) => {
    let [rest, index, stride] = [position, 0, 1];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const coordinate = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
      const size = own[axis - dims.length + own.length] ?? 1;
      if (size > 1) index += coordinate * stride;
      stride *= size;
    }
    return data[index]!;
  };
}

/** Integers are divided towards zero. */
const divide: OperatorFold = (site) =>
  elements(site, INTEGERS.has(site.dataType) ? (a, b) => Math.trunc(a! / b!) + 0 : (a, b) => a! / b!, (a, b) =>
    b === 1 ? a! : null,
  );

/** One operand as it is, where the other changes nothing. */
function unchanged(neutral: number): OfSymbols {
  return (a, b) => (b === neutral ? a! : a === neutral ? b! : null);
}

const CASTS: ReadonlyMap<number, Compute> = new Map([
  [1, Math.fround],
  [6, Math.trunc],
  [7, Math.trunc],
  [9, (value) => Number(value !== 0)],
  [11, (value) => value],
] as const);

const cast: OperatorFold = (site) => {
  const convert = CASTS.get(site.dataType);
  const isInteger = INTEGERS.has(site.dataType);
  return convert === undefined ? null : elements(site, convert, (value) => (isInteger ? value! : null));
};

export const ELEMENTWISE_FOLDS: Readonly<Record<string, OperatorFold>> = {
  Add: elementwise((a, b) => a! + b!, unchanged(0)),
  Sub: elementwise(
    (a, b) => a! - b!,
    (a, b) => (b === 0 ? a! : null),
  ),
  Mul: elementwise(
    (a, b) => a! * b!,
    (a, b) => multiplyDims(a!, b!),
  ),
  Div: divide,
  Pow: elementwise((a, b) => a! ** b!),
  Max: elementwise((...values) => Math.max(...values)),
  Min: elementwise((...values) => Math.min(...values)),
  Less: elementwise((a, b) => Number(a! < b!)),
  LessOrEqual: elementwise((a, b) => Number(a! <= b!)),
  Greater: elementwise((a, b) => Number(a! > b!)),
  GreaterOrEqual: elementwise((a, b) => Number(a! >= b!)),
  Equal: elementwise((a, b) => Number(a === b)),
  And: elementwise((a, b) => Number(a !== 0 && b !== 0)),
  Or: elementwise((a, b) => Number(a !== 0 || b !== 0)),
  Not: elementwise((a) => Number(a === 0)),
  Where: elementwise(
    (c, a, b) => (c === 0 ? b! : a!),
    (c, a, b) => (typeof c !== "number" ? null : c === 0 ? b! : a!),
  ),
  Abs: elementwise(Math.abs),
  Neg: elementwise((a) => 0 - a!),
  Ceil: elementwise(Math.ceil),
  Floor: elementwise(Math.floor),
  Sqrt: elementwise(Math.sqrt),
  Log: elementwise(Math.log),
  Exp: elementwise(Math.exp),
  Cast: cast,
};
