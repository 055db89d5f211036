import { describe, expect, it } from "vitest";
import { decodeFloats } from "../../src/tensors/decode-floats.js";
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16Bits } from "../../src/tensors/half-float.js";

const ALL = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
const narrow = (value: number): number => float32ToFloat16Bits(Float32Array.of(value))[0]!;

/** The definition of binary16, in float64 arithmetic. */
function define(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}

describe("float16", () => {
  it("widens all 65536 patterns as IEEE 754 defines them", () => {
    const values = float16ToFloat32(ALL);
    for (const bits of ALL) {
      if (!Object.is(values[bits], define(bits))) throw new Error(`pattern ${bits}: ${values[bits]}`);
    }
  });

  it("narrows every widened pattern to itself; NaNs stay NaNs with their payload and become quiet", () => {
    const back = float32ToFloat16Bits(float16ToFloat32(ALL));
    for (const bits of ALL) {
      const expected = Number.isNaN(define(bits)) ? bits | 0x200 : bits;
      if (back[bits] !== expected) throw new Error(`pattern ${bits}: ${back[bits]}`);
    }
  });

  it("rounds to nearest, ties to even, at and around the midpoint of every two neighbours", () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (define(bits) + define(bits + 1)) / 2;
      const even = bits & 1 ? bits + 1 : bits;
      const step = middle * 2 ** -22;
      const found = [middle - step, middle, middle + step].map(narrow);
      expect(found).toEqual([bits, even, bits + 1]);
      expect(narrow(-middle)).toBe(even | 0x8000);
    }
  });

  it.each([
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65519.99609375, 0x7bff],
    [65520, 0x7c00],
    [-65520, 0xfc00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [3.4e38, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [-(2 ** -25), 0x8000],
    [2 ** -25 * (1 + 2 ** -23), 1],
    [2 ** -149, 0],
    [-0, 0x8000],
    [0, 0],
  ])("narrows %d to %i", (value, bits) => {
    expect(narrow(value)).toBe(bits);
  });

  it("keeps a NaN whose payload lies only in the bits that are lost", () => {
    const nan = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
    expect([...float32ToFloat16Bits(nan)]).toEqual([0x7e00, 0xfe00]);
  });

  it("reads a view that starts inside its buffer", () => {
    expect(float32ToFloat16Bits(Float32Array.of(9, 1, 2).subarray(1))).toEqual(Uint16Array.of(0x3c00, 0x4000));
  });
});

describe("bfloat16", () => {
  it("widens all 65536 patterns to the float32 whose upper half they are", () => {
    const words = new Uint32Array(bfloat16ToFloat32(ALL).buffer);
    for (const bits of ALL) if (words[bits] !== (bits << 16) >>> 0) throw new Error(`pattern ${bits}`);
    expect(bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc040, 0x7f80))).toEqual(
      Float32Array.of(1, -3, Number.POSITIVE_INFINITY),
    );
  });
});

describe("little-endian bytes", () => {
  it("are floats wherever they start, in the buffers that Node shares between files too", () => {
    const bytes = new Uint8Array(Float32Array.of(0, 1.5, -2).buffer);
    for (const shared of [new Uint8Array(16), Buffer.alloc(16)]) {
      shared.set(bytes, 3);
      expect(decodeFloats(shared.subarray(3, 15), "float32")).toEqual(Float32Array.of(0, 1.5, -2));
    }
  });
});
