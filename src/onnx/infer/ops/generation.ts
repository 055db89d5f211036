import type { AttributeProto } from "../../graph/records.js";
import { broadcast } from "../arithmetic.js";
import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import { elemFromAttribute } from "./elementwise.js";
import { alike, type OperatorTable } from "./operator.js";

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const STRING = 8;
const DOUBLE = 11;

type Maker = (node: NodeInference, attribute: AttributeProto) => void;

function literal(elem: number, count: (attribute: AttributeProto) => number | null | undefined): Maker {
  return (node, attribute) => {
    const length = count(attribute);
    if (length === undefined) refuse(`the attribute ${attribute.name} has no value`);
    node.setElem(0, elem);
    node.setShape(0, length === null ? [] : [length]);
  };
}

/** Null: a scalar; undefined: no value. */
const scalar = (value: unknown) => (value === undefined ? undefined : null);

const CONSTANT_VALUES = {
  value: (node, { t }) => {
    node.setElem(0, t?.data_type ?? 0);
    node.setShape(0, t?.dims.map(Number) ?? []);
  },
  sparse_value: (node, { sparse_tensor }) => {
    node.setElem(0, sparse_tensor?.values?.data_type ?? 0);
    node.setShape(0, sparse_tensor?.dims.map(Number) ?? []);
  },
  value_int: literal(INT64, ({ i }) => scalar(i)),
  value_ints: literal(INT64, ({ ints }) => ints.length),
  value_float: literal(FLOAT, ({ f }) => scalar(f)),
  value_floats: literal(FLOAT, ({ floats }) => floats.length),
  value_string: literal(STRING, ({ s }) => scalar(s)),
  value_strings: literal(STRING, ({ strings }) => strings.length),
} as const satisfies Readonly<Record<string, Maker>>;

function constant(node: NodeInference): void {
  const given = Object.entries(CONSTANT_VALUES).flatMap(([name, make]) => {
    const attribute = node.attribute(name);
    return attribute === undefined ? [] : [{ make, attribute }];
  });
  const [only] = given;
  if (only === undefined || given.length > 1) refuse("not exactly one value is given");
  only.make(node, only.attribute);
}

/** Before version 11 the value was always a tensor; before 9 it was not asked for. */
function tensorConstant(node: NodeInference): void {
  const value = node.attribute("value");
  if (value?.t !== undefined) CONSTANT_VALUES.value(node, value);
  else if (node.version >= 9) refuse("value holds no tensor");
}

function constantOfShape(node: NodeInference): void {
  const value = node.attribute("value");
  if (value === undefined) {
    node.setElem(0, FLOAT);
  } else {
    if (value.t?.dims.length !== 1) refuse("the value is not a vector of one number");
    node.setElem(0, value.t.data_type ?? 0);
  }
  const sizes = node.sizesOf(0);
  if (sizes?.some((size) => typeof size === "number" && size < 0)) refuse("the shape has a negative dimension");
  if (sizes !== null) node.setShape(0, sizes);
}

function expand(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const target = node.sizesOf(1);
  if (target !== null) node.setShape(0, broadcast([node.denseShape(0), target]));
}

const RANGE_TYPES = new Map([
  [FLOAT, "FLOAT"],
  [INT32, "INT32"],
  [INT64, "INT64"],
  [DOUBLE, "DOUBLE"],
] as const);

function range(node: NodeInference): void {
  node.copyElem(0, 0);
  node.setShape(0, [null]);
  const bounds = [0, 1, 2].map((i) => node.constant(i));
  const [start, limit, delta] = bounds;
  if (start == null || limit == null || delta == null) return;
  if (new Set([start.dataType, limit.dataType, delta.dataType]).size > 1) refuse("the bounds differ in type");
  const type = RANGE_TYPES.get(start.dataType as 1);
  if (type === undefined) return;
  if ([start, limit, delta].some((bound) => bound.dims.length > 0)) refuse("the bounds are not scalars");
  const [from, to, step] = [start, limit, delta].map((bound) => bound.values(type)[0]!) as [number, number, number];
  const count = Math.max(Math.ceil((to - from) / step), 0);
  node.setShape(0, [Number.isSafeInteger(count) ? count : null]);
}

function random(node: NodeInference): void {
  elemFromAttribute(node, "dtype", 0, FLOAT);
  const shape = node.ints("shape") ?? refuse("shape is missing");
  if (shape.some((dim) => dim < 0)) refuse("the shape has a negative dimension");
  node.setShape(0, shape);
}

function elemLike(node: NodeInference): void {
  if (node.attribute("dtype") !== undefined) elemFromAttribute(node, "dtype", 0);
  else node.copyElem(0, 0);
}

function randomLike(node: NodeInference): void {
  elemLike(node);
  if (node.knowsShapes(1)) node.copyShape(0, 0);
}

function eyeLike(node: NodeInference): void {
  elemLike(node);
  if (node.knowsShape(0) && node.shape(0).length !== 2) refuse("the input is not a matrix");
  node.copyShape(0, 0);
}

function multinomial(node: NodeInference): void {
  const elem = node.int("dtype", INT32);
  if (elem !== INT32 && elem !== INT64) refuse("the output is neither int32 nor int64");
  node.setElem(0, elem);
  const input = node.knowsShape(0) ? node.shape(0) : [null, null];
  if (input.length !== 2) refuse("the input is not a matrix");
  node.setShape(0, [input[0]!, node.int("sample_size", 1)]);
}

function window(node: NodeInference): void {
  node.setElem(0, node.int("output_datatype", FLOAT));
  const size = node.knowsShape(0) ? node.constant(0) : null;
  if (size === null) return;
  if (size.dims.length !== 0) refuse("the size is not a scalar");
  const type = RANGE_TYPES.get(size.dataType as 1) ?? refuse("the size is of a type that counts nothing");
  const length = Math.trunc(size.values(type)[0]!);
  if (length <= 0) refuse(`the size is ${length}`);
  node.setShape(0, [length]);
}

const UINT8 = 2;

function imageDecoder(node: NodeInference): void {
  if (node.knowsShape(0) && node.shape(0).length !== 1) refuse("the input is not a vector of bytes");
  node.setElem(0, UINT8);
  node.setShape(0, [null, null, null]);
}

export const GENERATION: OperatorTable = {
  ...alike("ConstantOfShape", 9, constantOfShape),
  ...alike("Expand", 8, expand),
  ...alike("Range", 11, range),
  ...alike("RandomNormal RandomUniform", 1, random),
  ...alike("RandomNormalLike RandomUniformLike Bernoulli", 1, randomLike),
  ...alike("EyeLike", 9, eyeLike),
  ...alike("Multinomial", 7, multinomial),
  ...alike("HannWindow HammingWindow BlackmanWindow", 17, window),
  ...alike("ImageDecoder", 20, imageDecoder),
  Constant: [
    [1, tensorConstant],
    [11, constant],
  ],
};
