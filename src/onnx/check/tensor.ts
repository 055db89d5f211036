import { type ElementType, elementType, elementTypeName, type ValueField } from "../graph/element-types.js";
import type { Int64, TensorProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { CheckContext } from "./context.js";
import { checkExternalTensor } from "./external-data.js";
import { checkFloat6Padding, checkFloat6Values } from "./float6.js";

const EXTERNAL = 1;
const FLOAT6_TYPES = new Set(["FLOAT6E2M3", "FLOAT6E3M2"]);

/** All fields that can hold values, in the order in which the official checker names them. */
const VALUE_FIELDS = [
  "float_data",
  "int32_data",
  "string_data",
  "int64_data",
  "raw_data",
  "double_data",
  "uint64_data",
] as const satisfies readonly (ValueField | "raw_data")[];

export function checkTensor(tensor: TensorProto, place: Place, context: CheckContext): void {
  if (tensor.data_type === undefined || tensor.data_type === 0) {
    context.report("onnx/tensor-type", place, "has no data_type");
    return;
  }
  const used = VALUE_FIELDS.filter((field) => fieldLength(tensor, field) > 0);
  if (tensor.data_location === EXTERNAL) checkExternalTensor(tensor, used, place, context);
  else checkStoredTensor(tensor, tensor.data_type, used, place, context);
}

function fieldLength(tensor: TensorProto, field: ValueField | "raw_data"): number {
  const value = tensor[field];
  if (value === undefined) return 0;
  return "count" in value ? value.count : value.length;
}

function checkStoredTensor(
  tensor: TensorProto,
  dataType: number,
  used: readonly (ValueField | "raw_data")[],
  place: Place,
  context: CheckContext,
): void {
  const elements = countElements(tensor.dims, place, context);
  if (elements === null) return;
  if (elements === 0n) {
    if (used.length > 0) context.report("onnx/tensor-empty-data", place, `has no elements, but ${used.join(" and ")}`);
    return;
  }
  const [field] = used;
  if (field === undefined || used.length > 1) {
    const message = field === undefined ? "holds no values" : `holds values in ${used.join(" and ")}`;
    context.report("onnx/tensor-value-fields", place, `${message}, but has ${elements} elements`);
  } else if (field === "raw_data") {
    checkRawData(tensor, dataType, elements, place, context);
  } else {
    checkTypedData(tensor, dataType, field, elements, place, context);
  }
}

/** The product of the dimensions, in their order, as long as it fits into 64 bits; null when that was reported. */
export function countElements(dims: readonly Int64[], place: Place, context: CheckContext): bigint | null {
  let product = 1n;
  for (const dim of dims) {
    if (dim < 0) {
      context.report("onnx/tensor-dims-negative", place, `has the dimensions [${dims.join(", ")}]`);
      return null;
    }
    product *= BigInt(dim);
    if (!fitsInt64(product)) {
      reportOverflow(dims, place, context);
      return null;
    }
  }
  return product;
}

function reportOverflow(dims: readonly Int64[], place: Place, context: CheckContext): void {
  context.report("onnx/tensor-dims-overflow", place, `the dimensions [${dims.join(", ")}] are too large to count`);
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function checkRawData(
  tensor: TensorProto,
  dataType: number,
  elements: bigint,
  place: Place,
  context: CheckContext,
): void {
  const type = elementType(dataType);
  if (type === null) return;
  if (type.bits === null) {
    context.report("onnx/tensor-string-raw", place, "holds strings in raw_data");
    return;
  }
  const needed = bytesNeeded(type.bits, elements);
  if (!fitsInt64(needed) || (type.bits === 6 && !fitsInt64(elements * 6n))) {
    reportOverflow(tensor.dims, place, context);
    return;
  }
  const { raw_data } = tensor;
  if (raw_data === undefined) return;
  if (BigInt(raw_data.length) < needed) {
    const message = `raw_data has ${raw_data.length} bytes; ${describe(tensor, type)} takes ${needed}`;
    context.report("onnx/tensor-raw-short", place, message);
  } else if (FLOAT6_TYPES.has(type.name)) {
    checkFloat6Padding(raw_data, elements, place, context);
  }
}

/** Bytes of packed elements. */
export function bytesNeeded(bits: number, elements: bigint): bigint {
  return (elements * BigInt(bits) + 7n) / 8n;
}

function checkTypedData(
  tensor: TensorProto,
  dataType: number,
  field: ValueField,
  elements: bigint,
  place: Place,
  context: CheckContext,
): void {
  const type = elementType(dataType);
  if (type === null) {
    context.report("onnx/tensor-type-known", place, `has the data_type ${dataType}, which ONNX does not define`);
    return;
  }
  if (type.field !== field) {
    const message = `holds values of ${type.name} in ${field}; they belong in ${type.field} or raw_data`;
    context.report("onnx/tensor-field", place, message);
    return;
  }
  const needed = entriesNeeded(type, elements);
  if (!fitsInt64(needed)) {
    reportOverflow(tensor.dims, place, context);
    return;
  }
  const count = fieldLength(tensor, field);
  if (BigInt(count) < needed) {
    const message = `${field} has ${count} values; ${describe(tensor, type)} takes ${needed}`;
    context.report("onnx/tensor-field-short", place, message);
  } else if (FLOAT6_TYPES.has(type.name)) {
    checkFloat6Values(tensor, place, context);
  }
}

/** Entries of the typed field: as many as elements, twice as many, or a part of them, rounded up. */
export function entriesNeeded(type: ElementType, elements: bigint): bigint {
  if (type.entries >= 1) return elements * BigInt(type.entries);
  const packed = BigInt(1 / type.entries);
  return (elements + packed - 1n) / packed;
}

function describe(tensor: TensorProto, type: ElementType): string {
  return `${elementTypeName(type.code)}[${tensor.dims.join(", ")}]`;
}

/** Null for dimensions that other rules refuse. */
export function elementCount(dims: readonly Int64[]): bigint | null {
  return dims.some((dim) => dim < 0) ? null : dims.reduce((product: bigint, dim) => product * BigInt(dim), 1n);
}
