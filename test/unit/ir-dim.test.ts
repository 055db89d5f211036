/** Examples of what test/property/ir-dim.test.ts has laws for. */
import { describe, expect, it, test } from "vitest";
import {
  addDims,
  type Dim,
  dimText,
  divideDim,
  floorDivDim,
  sameDim,
  sameShape,
  scaleDim,
  shapeText,
  symbol,
  windowedDim,
} from "../../src/ir/dim.js";

const [H, W] = [symbol("H"), symbol("W")];

describe("the text", () => {
  test.each<readonly [string, Dim]>([
    ["7", 7],
    ["-7", -7],
    ["H", H],
    ["H+1", addDims(H, 1)],
    ["H-1", addDims(H, -1)],
    ["2*H", scaleDim(H, 2)],
    ["-1*H+3", addDims(3, scaleDim(H, -1))],
    ["H+W", addDims(W, H)],
    ["2*H+3*W-4", addDims(addDims(scaleDim(W, 3), scaleDim(H, 2)), -4)],
    ["2*H", addDims(H, H)],
    ["0", addDims(H, scaleDim(H, -1))],
    ["5", addDims(addDims(H, 5), scaleDim(H, -1))],
    ["0", scaleDim(H, 0)],
    ["6", scaleDim(2, 3)],
    ["floor((H)/2)", floorDivDim(H, 2)],
    ["floor((H+1)/2)", floorDivDim(addDims(H, 1), 2)],
    ["H", floorDivDim(H, 1)],
    ["H", floorDivDim(scaleDim(H, 2), 2)],
    ["H+1", floorDivDim(addDims(scaleDim(H, 2), 3), 2)],
    ["H-2", floorDivDim(addDims(scaleDim(H, 2), -3), 2)],
    ["floor((4*H+3*W)/2)", floorDivDim(addDims(scaleDim(H, 4), scaleDim(W, 3)), 2)],
    ["3", floorDivDim(7, 2)],
    ["-4", floorDivDim(-7, 2)],
    ["2*floor((H)/2)+1", addDims(scaleDim(floorDivDim(H, 2), 2), 1)],
    ["H", windowedDim(H, 3, 1, 1, 2)],
    ["H-2", windowedDim(H, 3, 1, 1, 0)],
    ["H-1", windowedDim(H, 3, 1, 2, 3)],
    ["floor((H-1)/2)+1", windowedDim(H, 3, 2, 1, 2)],
    ["24", windowedDim(48, 3, 2, 1, 2)],
  ])("is %s", (text, dim) => {
    expect(dimText(dim)).toBe(text);
  });

  it("of a shape", () => {
    expect(shapeText(["N", "C"].map(symbol))).toBe("[N,C]");
    expect(shapeText([1, 3, H, scaleDim(W, 2)])).toBe("[1,3,H,2*W]");
  });
});

describe("an exact quotient", () => {
  it("is there where nothing remains", () => {
    expect(divideDim(12, 4)).toBe(3);
    expect(dimText(divideDim(addDims(scaleDim(H, 4), 8), 4)!)).toBe("H+2");
  });

  it("is refused where something may", () => {
    expect(divideDim(13, 4)).toBeUndefined();
    expect(divideDim(H, 2)).toBeUndefined();
    expect(divideDim(addDims(scaleDim(H, 4), 1), 4)).toBeUndefined();
    expect(divideDim(addDims(scaleDim(H, 4), W), 4)).toBeUndefined();
  });
});

describe("sameness", () => {
  it("is that of the linear forms, however they were made", () => {
    expect(sameDim(addDims(H, W), addDims(W, H))).toBe(true);
    expect(sameDim(addDims(H, 1), addDims(H, 2))).toBe(false);
    expect(sameDim(H, W)).toBe(false);
    expect(sameDim(3, 3)).toBe(true);
    expect(sameDim(3, 4)).toBe(false);
    expect(sameDim(H, 3)).toBe(false);
    expect(sameDim(3, H)).toBe(false);
  });

  it("of shapes is that of every axis", () => {
    expect(sameShape([1, H], [1, symbol("H")])).toBe(true);
    expect(sameShape([1, H], [1, W])).toBe(false);
    expect(sameShape([2, H], [1, H])).toBe(false);
    expect(sameShape([1, H], [1, H, 1])).toBe(false);
    expect(sameShape([1, H, 1], [1, H])).toBe(false);
  });
});
