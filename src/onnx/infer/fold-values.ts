/**
 * Values of small tensors, followed through the operators with which graphs compute sizes: for estimates of what a graph
 * does at sizes that are given. Floats are rounded to 32 bits only where they are cast.
 */
import type { NodeProto } from "../proto/records.js";
import { broadcast } from "./arithmetic.js";
import { type Constant, constantOf } from "./constant.js";
import { InferenceFault } from "./fault.js";
import { countOf, MOST_VALUES, SmallValue } from "./small-value.js";
import type { TypeInfo } from "./type-info.js";

export interface ValueSource {
  type(name: string): TypeInfo | null;
  constant(name: string): Constant | null;
}

/** What an operator makes of its inputs; `output` is what is inferred of its result. */
interface FoldSite {
  readonly node: NodeProto;
  readonly inputs: readonly (SmallValue | null)[];
  readonly elem: number;
  /** Null where a size is not known. */
  readonly dims: readonly number[] | null;
}

type Fold = (site: FoldSite) => SmallValue | null;

const INT64 = 7;
const FLOAT = 1;

/** The value of the node's first output; null where it is not known, or too large. */
export function foldValue(node: NodeProto, source: ValueSource): SmallValue | null {
  const operator = node.op_type ?? "";
  const type = source.type(node.output[0] ?? "");
  if ((node.domain ?? "") !== "" || type?.kind !== "tensor") return null;
  if (operator === "Shape" || operator === "Size") return sizesOf(node, source.type(node.input[0] ?? ""));
  const fold = FOLDS.get(operator);
  if (fold === undefined) return null;
  const inputs = node.input.map((name) => {
    const constant = name === "" ? null : source.constant(name);
    return constant === null ? null : SmallValue.from(constant);
  });
  if (node.input.some((name, i) => name !== "" && inputs[i] === null)) return null;
  try {
    return fold({ node, inputs, elem: type.elem, dims: numbersOnly(type.shape) });
  } catch (e) {
    if (e instanceof InferenceFault) return null;
    throw e;
  }
}

function numbersOnly(shape: readonly (number | string | null)[] | null): readonly number[] | null {
  return shape?.every((dim) => typeof dim === "number") ? shape : null;
}

function attributeInt(node: NodeProto, name: string): number | undefined {
  const attribute = node.attribute.find((each) => each.name === name);
  return attribute === undefined ? undefined : Number(attribute.i ?? 0);
}

function sizesOf(node: NodeProto, type: TypeInfo | null): SmallValue | null {
  const dims = type?.kind === "tensor" ? numbersOnly(type.shape) : null;
  if (dims === null) return null;
  if (node.op_type === "Size") return SmallValue.of(INT64, [], [countOf(dims)]);
  const rank = dims.length;
  const at = (index: number) => Math.min(Math.max(index < 0 ? index + rank : index, 0), rank);
  const part = dims.slice(at(attributeInt(node, "start") ?? 0), at(attributeInt(node, "end") ?? rank));
  return SmallValue.of(INT64, [part.length], part);
}

function elementwise(compute: (...values: number[]) => number): Fold {
  return ({ inputs, elem }) => {
    const values = inputs as readonly SmallValue[];
    const dims = broadcast(values.map((value) => value.dims)) as readonly number[];
    if (!(countOf(dims) <= MOST_VALUES)) return null;
    const data = Array.from({ length: countOf(dims) }, (_, i) =>
      compute(...values.map((value) => value.data[sourceIndex(i, dims, value.dims)]!)),
    );
    return SmallValue.of(elem, dims, data);
  };
}

const expand: Fold = ({ inputs: [value], elem, dims }) => {
  if (dims === null || !(countOf(dims) <= MOST_VALUES)) return null;
  const data = Array.from({ length: countOf(dims) }, (_, i) => value!.data[sourceIndex(i, dims, value!.dims)]!);
  return SmallValue.of(elem, dims, data);
};

/** The element that broadcasting puts at a position of the result. */
function sourceIndex(position: number, dims: readonly number[], own: readonly number[]): number {
  let [rest, index, stride] = [position, 0, 1];
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const coordinate = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
    const size = own[axis - dims.length + own.length] ?? 1;
    if (size > 1) index += coordinate * stride;
    stride *= size;
  }
  return index;
}

/** Integers are divided towards zero. */
const divide: Fold = (site) =>
  elementwise(site.elem === INT64 || site.elem === 6 ? (a, b) => Math.trunc(a! / b!) : (a, b) => a! / b!)(site);

/** The same values in other dimensions, which inference has found. */
const reshaped: Fold = ({ inputs, elem, dims }) => (dims === null ? null : SmallValue.of(elem, dims, inputs[0]!.data));

const cast: Fold = ({ inputs, elem }) => {
  const convert = elem === INT64 || elem === 6 ? Math.trunc : elem === FLOAT ? Math.fround : CASTS.get(elem);
  return convert === undefined
    ? null
    : SmallValue.of(
        elem,
        inputs[0]!.dims,
        inputs[0]!.data.map((v) => convert(v)),
      );
};

const BOOL = 9;
const DOUBLE = 11;
const CASTS = new Map<number, (value: number) => number>([
  [BOOL, (value) => Number(value !== 0)],
  [DOUBLE, (value) => value],
]);

const concat: Fold = ({ node, inputs, elem, dims }) => {
  if (dims === null) return null;
  const axis = normalAxis(attributeInt(node, "axis") ?? 0, dims.length);
  const parts = inputs as readonly SmallValue[];
  const rows = countOf(dims.slice(0, axis));
  const data = Array.from({ length: rows }, (_, row) =>
    parts.flatMap((part) => {
      const width = part.data.length / rows;
      return part.data.slice(row * width, (row + 1) * width);
    }),
  );
  return SmallValue.of(elem, dims, data.flat());
};

/** Along the first axis. */
const gather: Fold = ({ node, inputs, elem, dims }) => {
  const [data, indices] = inputs as readonly [SmallValue, SmallValue];
  if (dims === null || (attributeInt(node, "axis") ?? 0) !== 0) return null;
  const width = countOf(data.dims.slice(1));
  const rows = indices.data.map((index) => (index < 0 ? index + data.dims[0]! : index));
  return SmallValue.of(
    elem,
    dims,
    rows.flatMap((row) => data.data.slice(row * width, (row + 1) * width)),
  );
};

/** Of vectors. */
const slice: Fold = ({ inputs, elem }) => {
  const [data, starts, ends, axes, steps] = inputs;
  if (data?.dims.length !== 1 || starts?.data.length !== 1 || ends?.data.length !== 1) return null;
  if ((steps?.data[0] ?? 1) !== 1 || normalAxis(axes?.data[0] ?? 0, 1) !== 0) return null;
  const part = data.data.slice(starts.data[0], ends.data[0]);
  return SmallValue.of(elem, [part.length], part);
};

const constantOfShape: Fold = ({ node, elem, dims }) => {
  const value = node.attribute.find(({ name }) => name === "value")?.t;
  const number = value === undefined ? 0 : SmallValue.from(constantOf(value))?.data[0];
  if (dims === null || number === undefined || !(countOf(dims) <= MOST_VALUES)) return null;
  return SmallValue.of(elem, dims, new Array<number>(countOf(dims)).fill(number));
};

const range: Fold = ({ inputs, elem }) => {
  const [start, limit, delta] = inputs.map((value) => value!.data[0]!) as [number, number, number];
  const count = Math.max(Math.ceil((limit - start) / delta), 0);
  if (!(count <= MOST_VALUES)) return null;
  return SmallValue.of(
    elem,
    [count],
    Array.from({ length: count }, (_, i) => start + i * delta),
  );
};

/** Of vectors: the first of the smallest or largest. */
function extremeIndex(isBetter: (value: number, best: number) => boolean): Fold {
  return ({ inputs, dims }) => {
    const [{ data, dims: given }] = inputs as readonly [SmallValue];
    if (given.length !== 1 || dims === null) return null;
    const best = data.reduce((at, value, i) => (isBetter(value, data[at]!) ? i : at), 0);
    return SmallValue.of(INT64, dims, [best]);
  };
}

/** Over all axes. */
function reduction(combine: (a: number, b: number) => number): Fold {
  return ({ inputs: [value], elem, dims }) =>
    dims === null || countOf(dims) !== 1 || value!.data.length === 0
      ? null
      : SmallValue.of(elem, dims, [value!.data.reduce(combine)]);
}

function normalAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["Add", elementwise((a, b) => a! + b!)],
  ["Sub", elementwise((a, b) => a! - b!)],
  ["Mul", elementwise((a, b) => a! * b!)],
  ["Div", divide],
  ["Pow", elementwise((a, b) => a! ** b!)],
  ["Max", elementwise(Math.max)],
  ["Min", elementwise(Math.min)],
  ["Less", elementwise((a, b) => Number(a! < b!))],
  ["LessOrEqual", elementwise((a, b) => Number(a! <= b!))],
  ["Greater", elementwise((a, b) => Number(a! > b!))],
  ["GreaterOrEqual", elementwise((a, b) => Number(a! >= b!))],
  ["Equal", elementwise((a, b) => Number(a === b))],
  ["And", elementwise((a, b) => Number(a !== 0 && b !== 0))],
  ["Or", elementwise((a, b) => Number(a !== 0 || b !== 0))],
  ["Not", elementwise((a) => Number(a === 0))],
  ["Where", elementwise((c, a, b) => (c === 0 ? b! : a!))],
  ["Abs", elementwise(Math.abs)],
  ["Neg", elementwise((a) => -a!)],
  ["Ceil", elementwise(Math.ceil)],
  ["Floor", elementwise(Math.floor)],
  ["Sqrt", elementwise(Math.sqrt)],
  ["Log", elementwise(Math.log)],
  ["Exp", elementwise(Math.exp)],
  ["Identity", reshaped],
  ["Reshape", reshaped],
  ["Squeeze", reshaped],
  ["Unsqueeze", reshaped],
  ["Flatten", reshaped],
  ["Cast", cast],
  ["Concat", concat],
  ["Gather", gather],
  ["Slice", slice],
  ["Range", range],
  ["ConstantOfShape", constantOfShape],
  ["Expand", expand],
  ["ArgMin", extremeIndex((value, best) => value < best)],
  ["ArgMax", extremeIndex((value, best) => value > best)],
  ["ReduceProd", reduction((a, b) => a * b)],
  ["ReduceSum", reduction((a, b) => a + b)],
  ["ReduceMax", reduction(Math.max)],
  ["ReduceMin", reduction(Math.min)],
]);
