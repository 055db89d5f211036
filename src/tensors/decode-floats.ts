import { bfloat16ToFloat32, float16ToFloat32 } from "./half-float.js";
import type { FloatDType, TensorData } from "./tensor.js";

interface FloatFormat {
  /** Bytes of an element. */
  readonly width: 2 | 4 | 8;
  /** Values of elements in the host's byte order, at an address that is a multiple of `width`. */
  readonly decode: (buffer: ArrayBufferLike, byteOffset: number, count: number) => TensorData;
}

export const FLOAT_FORMATS: Readonly<Record<FloatDType, FloatFormat>> = {
  float32: { width: 4, decode: (buffer, offset, count) => new Float32Array(buffer, offset, count) },
  float64: { width: 8, decode: (buffer, offset, count) => new Float64Array(buffer, offset, count) },
  float16: { width: 2, decode: (buffer, offset, count) => float16ToFloat32(new Uint16Array(buffer, offset, count)) },
  bfloat16: { width: 2, decode: (buffer, offset, count) => bfloat16ToFloat32(new Uint16Array(buffer, offset, count)) },
};

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Values of little-endian elements; `bytes` holds a whole number of them. The result may share the memory of `bytes`,
 * as far as alignment allows, so neither may be written to.
 */
export function decodeFloats(bytes: Uint8Array, dtype: FloatDType): TensorData {
  const { width, decode } = FLOAT_FORMATS[dtype];
  const native = HOST_IS_LITTLE_ENDIAN ? bytes : swapBytes(bytes, width);
  // Not by slice, which shares the memory of Node's Buffers.
  const aligned = native.byteOffset % width === 0 ? native : new Uint8Array(native);
  return decode(aligned.buffer, aligned.byteOffset, aligned.length / width);
}

/** The little-endian bytes of values: their own memory on little-endian hosts. */
export function littleEndian(values: Float32Array | Float64Array | Uint16Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return HOST_IS_LITTLE_ENDIAN ? bytes : swapBytes(bytes, values.BYTES_PER_ELEMENT);
}

function swapBytes(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.map((_, i) => bytes[i - (i % width) + width - 1 - (i % width)]!);
}
