/**
 * Conversions between float32 and the two half types, IEEE 754 binary16 and bfloat16 (the upper half of a float32).
 * Widening is exact, subnormals and infinities included; a NaN stays a NaN.
 */
import type { TensorData } from "./tensor.js";

export const LARGEST_FLOAT16 = 65_504;

/** Values of IEEE binary16 bit patterns. Shape [n] to [n]. */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = widen(bits[i]!);
  return new Float32Array(words.buffer);
}

/** Values of bfloat16 bit patterns. Shape [n] to [n]. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/**
 * Rounds to IEEE binary16, ties to even. From 65520 on, half a unit past the largest finite 65504, the result is
 * infinite; 2^-25 and below is zero. float64 is rounded to float32 first, as weights files do. Callers that must not overflow look for 0x7c00 where the value was finite.
 */
export function float32ToFloat16Bits(values: TensorData): Uint16Array<ArrayBuffer> {
  const floats = values instanceof Float32Array ? values : new Float32Array(values);
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = narrow(words[i]!);
  return bits;
}

/** binary16 has 1 sign, 5 exponent (bias 15) and 10 mantissa bits; binary32 1, 8 (bias 127) and 23. */
function widen(half: number): number {
  const sign = (half & 0x8000) << 16;
  const magnitude = half & 0x7fff;
  if (magnitude >= 0x7c00) return sign | 0x7f800000 | ((magnitude & 0x3ff) << 13);
  if (magnitude >= 0x0400) return sign | ((magnitude << 13) + ((127 - 15) << 23));
  if (magnitude === 0) return sign;
  // Subnormal, magnitude * 2^-24: shift the leading one into the implicit place.
  const shift = Math.clz32(magnitude) - 21;
  return sign | ((127 - 14 - shift) << 23) | (((magnitude << shift) & 0x3ff) << 13);
}

function narrow(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  // A NaN keeps the upper bits of its payload and becomes quiet, so that none turns into an infinity.
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 65520 is 0x477ff000.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // From 2^-14 on the result is normal: rebias, then round away 13 bits; a carry into the exponent is right.
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - ((127 - 15) << 23), 13);
  // At most 2^-25, a tie with zero, which is even.
  if (magnitude <= 0x33000000) return sign;
  // Subnormal: the value in units of 2^-24, which is the mantissa shifted by what the exponent lacks.
  const exponent = magnitude >>> 23;
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** `value >> shift`, rounded to nearest, ties to even; 0 < shift < 32 and value < 2^31. */
function roundShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (quotient & 1) === 1) ? quotient + 1 : quotient;
}
