import type { ByteSource } from "../weights/byte-source.js";
import { decodeFloats } from "../weights/decode-floats.js";
import type { TensorProto } from "./proto/records.js";
import { type NumberKind, readBlob, readNumbers } from "./proto/stored-values.js";

/** Values of a tensor in whatever field they are, as far as two tensors of one type can be compared by them. */
export type TensorNumbers = ArrayLike<number | bigint>;

/** Reads a range of an external data file. */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Promise<Uint8Array>;

/** Types whose raw bytes are decoded to floats; others are compared byte by byte. */
const FLOATS = { 1: "float32", 10: "float16", 11: "float64", 16: "bfloat16" } as const;

const TYPED: readonly (readonly [keyof TensorProto & `${string}_data`, NumberKind])[] = [
  ["float_data", "float"],
  ["int32_data", "int32"],
  ["int64_data", "int64"],
  ["double_data", "double"],
  ["uint64_data", "uint64"],
];

export async function tensorNumbers(
  tensor: TensorProto,
  source: ByteSource,
  readExternal: ReadExternal,
): Promise<TensorNumbers> {
  const bytes = await rawBytes(tensor, source, readExternal);
  if (bytes !== undefined) {
    const dtype = FLOATS[(tensor.data_type ?? 0) as keyof typeof FLOATS];
    return dtype === undefined ? bytes : decodeFloats(bytes, dtype);
  }
  for (const [field, kind] of TYPED) {
    const numbers = tensor[field];
    if (numbers !== undefined && typeof numbers === "object" && "parts" in numbers)
      return readNumbers(source, numbers, kind);
  }
  return [];
}

async function rawBytes(
  tensor: TensorProto,
  source: ByteSource,
  readExternal: ReadExternal,
): Promise<Uint8Array | undefined> {
  const entries = new Map(tensor.external_data.map(({ key, value }) => [key ?? "", value ?? ""]));
  const location = entries.get("location");
  if (tensor.data_location === 1 && location !== undefined) {
    const length = entries.get("length");
    return readExternal(
      location,
      Number(entries.get("offset") ?? 0),
      length === undefined ? undefined : Number(length),
    );
  }
  return tensor.raw_data && readBlob(source, tensor.raw_data);
}
