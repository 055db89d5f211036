/** The values of a tensor in one form, whatever field or file holds them. */
import { externalRange } from "./external-range.js";
import { elementType } from "./graph/element-types.js";
import type { Int64, TensorProto } from "./graph/records.js";
import { packedBytes } from "./packed-bytes.js";
import { type NumberKind, readNumbers } from "./read/stored-values.js";

/** Reads a range of an external data file. */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Promise<Uint8Array>;

const TYPED: readonly (readonly [keyof TensorProto & `${string}_data`, NumberKind])[] = [
  ["float_data", "float"],
  ["int32_data", "int32"],
  ["int64_data", "int64"],
  ["double_data", "double"],
  ["uint64_data", "uint64"],
];

/**
 * The values as `raw_data` holds them: little-endian, elements of less than a byte packed. Strings, which have no such
 * form, each follow their length. Two tensors of one type and shape are equal when these bytes are.
 */
export async function tensorBytes(tensor: TensorProto, readExternal: ReadExternal): Promise<Uint8Array> {
  const external = externalRange(tensor);
  if (external !== null) return readExternal(external.location, external.offset, external.length);
  if (tensor.raw_data !== undefined) return tensor.raw_data.read();
  if (tensor.string_data.length > 0) return stringBytes(tensor);
  for (const [field, kind] of TYPED) {
    const numbers = tensor[field];
    if (numbers !== undefined && "parts" in numbers) {
      const values = await readNumbers(numbers, kind);
      return packedBytes(tensor, values) ?? wholeBytes(values, kind, tensor.data_type);
    }
  }
  return new Uint8Array();
}

const WRITE: Readonly<Record<NumberKind, (view: DataView, at: number, value: Int64) => void>> = {
  float: (view, at, value) => view.setFloat32(at, Number(value), true),
  double: (view, at, value) => view.setFloat64(at, Number(value), true),
  int32: (view, at, value) => view.setInt32(at, Number(value), true),
  int64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  uint64: (view, at, value) => view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true),
};

/** Entries of int32_data and uint64_data hold the bits of narrower elements. */
function wholeBytes(values: readonly Int64[], kind: NumberKind, dataType: number | undefined): Uint8Array {
  const full = kind === "float" || kind === "int32" ? 4 : 8;
  const bits = elementType(dataType)?.bits ?? 8 * full;
  const width = Math.min(Math.max(Math.ceil(bits / 8), 1), full);
  const bytes = new Uint8Array(values.length * width);
  const entry = new DataView(new ArrayBuffer(full));
  for (const [i, value] of values.entries()) {
    WRITE[kind](entry, 0, value);
    bytes.set(new Uint8Array(entry.buffer, 0, width), i * width);
  }
  return bytes;
}

async function stringBytes(tensor: TensorProto): Promise<Uint8Array> {
  const total = tensor.string_data.reduce((sum, { length }) => sum + 4 + length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of tensor.string_data) {
    view.setUint32(at, text.length, true);
    bytes.set(await text.read(), at + 4);
    at += 4 + text.length;
  }
  return bytes;
}
