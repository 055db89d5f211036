/** Crops of a larger picture: which of them have pixels that see no border of their own. */
import { describe, expect, it } from "vitest";
import { cropped, placesAlong, scaledSpan, seesInner } from "../../src/verify/crops.js";

describe("a crop", () => {
  it("has the values of its rows and columns, of every plane", () => {
    const data = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
    const part = cropped({ shape: [1, 2, 3, 4], data }, { rows: { from: 1, size: 2 }, columns: { from: 2, size: 2 } });
    expect(part.shape).toEqual([1, 2, 2, 2]);
    expect([...part.data]).toEqual([6, 7, 10, 11, 18, 19, 22, 23]);
  });

  it("lies at both ends, and sees no border of its own from its reach on", () => {
    expect(placesAlong(20, 12, 3)).toEqual([
      { crop: { from: 0, size: 12 }, inner: { from: 0, size: 9 } },
      { crop: { from: 8, size: 12 }, inner: { from: 3, size: 9 } },
    ]);
  });

  it.each([
    [12, 3, 1, true],
    [12, 11, 1, true],
    [12, 12, 1, false],
    // A pixel for each block of eight: at the far end from 8 to 12 no block is whole.
    [12, 7, 1 / 8, false],
    [16, 7, 1 / 8, true],
    [16, 9, 1 / 8, false],
    [12, 11, 4, true],
  ])("of %i pixels and a reach of %i has some at a scale of %f: %s", (crop, reach, scale, has) => {
    expect(seesInner(crop, reach, scale)).toBe(has);
    const least = Math.min(...placesAlong(crop + 8, crop, reach).map(({ inner }) => scaledSpan(inner, scale).size));
    expect(least > 0).toBe(has);
  });
});
