/** What comparisons are made of: figures are of finite values, and nothing passes for want of values. */
import { describe, expect, it } from "vitest";
import { valueDifference } from "../../src/onnx/diff/weights.js";
import { decibelsJson, decibelsText } from "../../src/pictures/decibels.js";
import { allFinite, compareValues, valuesPsnr } from "../../src/verify/compare.js";

const TOLERANCE = { relative: 1e-3, absolute: 1e-6 };
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

describe("compareValues", () => {
  it.each([
    ["NaN on both sides", [1, NAN], [1, NAN], { expected: 1, actual: 1 }],
    ["NaN in the reference", [NAN, 1], [0, 1], { expected: 1, actual: 0 }],
    ["NaN in the graph", [0, 1], [0, NAN], { expected: 0, actual: 1 }],
    ["the same infinity", [INF, 1], [INF, 1], { expected: 1, actual: 1 }],
    ["opposite infinities", [INF], [-INF], { expected: 1, actual: 1 }],
    ["an infinity in the graph", [3e38, 1], [INF, 1], { expected: 0, actual: 1 }],
  ])("%s never passes, and has no PSNR", (_, expected, actual, notFinite) => {
    const comparison = compareValues(expected, actual, TOLERANCE);
    expect(comparison).toMatchObject({ passed: false, notFinite });
    expect(allFinite(comparison)).toBe(false);
    expect(valuesPsnr(comparison, 1)).toBeNaN();
  });

  it("does not pass where there is nothing to compare, or not as much", () => {
    expect(compareValues([], [], TOLERANCE).passed).toBe(false);
    expect(compareValues([1, 2], [1], TOLERANCE).passed).toBe(false);
    expect(compareValues([1], [1, 2], TOLERANCE).passed).toBe(false);
  });

  it("tells finite values as ever", () => {
    const comparison = compareValues([1, -2], [1, -2.001], TOLERANCE);
    expect(comparison).toMatchObject({ passed: true, magnitude: 2, index: 1, notFinite: { expected: 0, actual: 0 } });
    expect(valuesPsnr(comparison, 2)).toBeCloseTo(20 * Math.log10((2 * Math.SQRT2) / 0.001), 6);
    expect(valuesPsnr(compareValues([1], [1], TOLERANCE), 1)).toBe(INF);
  });
});

it("a PSNR of equal values is told in one way", () => {
  expect([decibelsText(INF), decibelsText(31.257), decibelsText(31.257, 1)]).toEqual(["equal", "31.26 dB", "31.3 dB"]);
  expect(decibelsJson("psnr", INF)).toEqual({ psnr: null, psnrReason: "equal" });
  expect(decibelsJson("psnr", 31.25)).toEqual({ psnr: 31.25 });
});

describe("diff's weights", () => {
  /** `TensorProto.FLOAT`. */
  const FLOAT = 1;
  const side = (values: readonly number[], bits?: number) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    if (bits !== undefined) new DataView(bytes.buffer).setUint32(0, bits, true);
    return bytes;
  };

  it.each([
    [
      [NAN, 1],
      [0, 1],
    ],
    [
      [1, INF],
      [1, 2],
    ],
    [[INF], [-INF]],
  ])("%j and %j are different at any tolerance, without a distance", (a, b) => {
    const found = valueDifference(side(a), side(b), FLOAT, 1e30);
    expect(found).toMatchObject({ verdict: "different", message: expect.stringContaining("NaN or infinite") });
    expect(found.maxError).toBeUndefined();
  });

  it("NaN that is written with other bits is no change", () => {
    expect(valueDifference(side([NAN, 1]), side([NAN, 1], 0xffc00001), FLOAT, 0).verdict).toBe("close");
  });
});
