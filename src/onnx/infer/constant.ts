/** Values that are known before the graph runs: initializers, and what Constant nodes give. */
import { type ElementType, elementType, elementTypeName } from "../graph/element-types.js";
import type { Int64, TensorProto } from "../graph/records.js";
import { heldNumbers, type NumberKind } from "../read/stored-values.js";
import { refuse, Undecided } from "./fault.js";

export interface Constant {
  readonly dataType: number;
  readonly dims: readonly number[];
  /**
   * The values, which must be of that type.
   * @throws InferenceFault when they are of another type, or fewer than the dimensions say.
   * @throws Undecided when they were left in the file.
   */
  values(type: "FLOAT" | "DOUBLE" | "INT32" | "INT64"): readonly number[];
}

export function constantOf(tensor: TensorProto): Constant {
  const dataType = tensor.data_type ?? 0;
  const dims = tensor.dims.map(Number);
  let read: readonly number[] | undefined;
  return {
    dataType,
    dims,
    values: (name) => {
      const type = elementType(dataType);
      if (type?.name !== name) refuse(`a constant of type ${name} was expected, not ${elementTypeName(dataType)}`);
      read ??= tensorValues(tensor, type, dims);
      return read;
    },
  };
}

/** More are no sizes, and would be read again for every node that takes them. */
const MOST_LITERALS = 4096;

/** A constant from an attribute such as `value_ints`. */
export function literal(type: "FLOAT" | "INT64", values: readonly Int64[], isScalar: boolean): Constant {
  const dataType = type === "FLOAT" ? 1 : 7;
  return {
    dataType,
    dims: isScalar ? [] : [values.length],
    values: (name) => {
      if (name !== type) refuse(`a constant of type ${name} was expected, not ${type}`);
      if (values.length > MOST_LITERALS) throw new Undecided("a large constant");
      return values.map(Number);
    },
  };
}

const EXTERNAL = 1;
const KINDS: Readonly<Partial<Record<string, NumberKind>>> = {
  FLOAT: "float",
  DOUBLE: "double",
  INT32: "int32",
  INT64: "int64",
};

function tensorValues(tensor: TensorProto, type: ElementType, dims: readonly number[]): readonly number[] {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (dims.some((dim) => dim < 0)) refuse(`a constant has the dimensions [${dims.join(", ")}]`);
  if (tensor.data_location === EXTERNAL) refuse("a constant that shapes depend on is external data");
  if (tensor.raw_data !== undefined) return rawValues(tensor.raw_data, type, count);
  const numbers = tensor[type.field as "float_data" | "double_data" | "int32_data" | "int64_data"];
  if ((numbers?.count ?? 0) !== count) refuse(`a constant has ${numbers?.count ?? 0} values instead of ${count}`);
  if (numbers === undefined) return [];
  const values = heldNumbers(numbers, KINDS[type.name]!);
  if (values === null) throw new Undecided("a large constant");
  return values.map(Number);
}

function rawValues(raw: NonNullable<TensorProto["raw_data"]>, type: ElementType, count: number): readonly number[] {
  const width = type.bits! / 8;
  if (Math.floor(raw.length / width) < count) refuse(`a constant has ${raw.length} bytes for ${count} values`);
  if (raw.bytes === null) throw new Undecided("a large constant");
  const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
  return Array.from({ length: count }, (_, i) => READ_RAW[type.name]!(view, i * width));
}

const READ_RAW: Readonly<Partial<Record<string, (view: DataView, at: number) => number>>> = {
  FLOAT: (view, at) => view.getFloat32(at, true),
  DOUBLE: (view, at) => view.getFloat64(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  INT64: (view, at) => Number(view.getBigInt64(at, true)),
};
