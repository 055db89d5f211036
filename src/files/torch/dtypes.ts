import { FLOAT_FORMATS } from "../../tensors/decode-floats.js";
import type { FloatDType } from "../../tensors/tensor.js";

/** PyTorch's element types and the bytes that one takes. Types of less than a byte (`int4`, `bits2x4`) are not listed. */
export const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ["float32", 4],
  ["float64", 8],
  ["float16", 2],
  ["bfloat16", 2],
  ["int64", 8],
  ["int32", 4],
  ["int16", 2],
  ["int8", 1],
  ["uint8", 1],
  ["bool", 1],
  ["uint16", 2],
  ["uint32", 4],
  ["uint64", 8],
  ["complex32", 4],
  ["complex64", 8],
  ["complex128", 16],
  ["float8_e4m3fn", 1],
  ["float8_e4m3fnuz", 1],
  ["float8_e5m2", 1],
  ["float8_e5m2fnuz", 1],
  ["float8_e8m0fnu", 1],
  ["float4_e2m1fn_x2", 1],
  ["quint8", 1],
  ["qint8", 1],
  ["qint32", 4],
]);

/** Storage classes (`torch.FloatStorage`, `torch.cuda.FloatStorage`) and their element type. */
export const STORAGE_DTYPES: ReadonlyMap<string, string> = new Map([
  ["FloatStorage", "float32"],
  ["DoubleStorage", "float64"],
  ["HalfStorage", "float16"],
  ["BFloat16Storage", "bfloat16"],
  ["LongStorage", "int64"],
  ["IntStorage", "int32"],
  ["ShortStorage", "int16"],
  ["CharStorage", "int8"],
  ["ByteStorage", "uint8"],
  ["BoolStorage", "bool"],
  ["ComplexFloatStorage", "complex64"],
  ["ComplexDoubleStorage", "complex128"],
  ["QUInt8Storage", "quint8"],
  ["QInt8Storage", "qint8"],
  ["QInt32Storage", "qint32"],
  ["UntypedStorage", "uint8"],
]);

export function isFloat(dtype: string): dtype is FloatDType {
  return Object.hasOwn(FLOAT_FORMATS, dtype);
}
