/** Symbolic sizes are the numbers that they stand for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDims,
  type Dim,
  dimText,
  divideDim,
  floorDivDim,
  sameDim,
  scaleDim,
  symbol,
  windowedDim,
} from "../../src/ir/dim.js";

/** What a size is once its symbols are known, read off its text; adding 0 makes −0 the 0 that it is as a size. */
function sizeOf(dim: Dim, sizes: Readonly<Record<string, number>>): number {
  const expression = dimText(dim).replaceAll("floor", "Math.floor");
  return new Function(...Object.keys(sizes), `return ${expression} + 0;`)(...Object.values(sizes)) as number;
}

const SYMBOLS = ["H", "W", "N"] as const;
const sizes = fc.record(Object.fromEntries(SYMBOLS.map((name) => [name, fc.integer({ min: 1, max: 60 })])));
const divisor = fc.integer({ min: 1, max: 5 });
const small = fc.integer({ min: -9, max: 9 });

const { dim } = fc.letrec<{ dim: Dim }>((tie) => ({
  dim: fc.oneof(
    { depthSize: "small" },
    fc.integer({ min: -20, max: 20 }),
    fc.constantFrom(...SYMBOLS).map(symbol),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => addDims(a, b)),
    fc.tuple(tie("dim"), small).map(([a, factor]) => scaleDim(a, factor)),
    fc.tuple(tie("dim"), divisor).map(([a, by]) => floorDivDim(a, by)),
  ),
}));

function holds<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  law: (...values: T) => void,
): void {
  fc.assert(
    fc.property(...arbitraries, (...values: T) => {
      law(...values);
    }),
  );
}

describe("arithmetic of sizes", () => {
  it("adds", () =>
    holds([dim, dim, sizes], (a, b, known) =>
      expect(sizeOf(addDims(a, b), known)).toBe(sizeOf(a, known) + sizeOf(b, known)),
    ));

  it("scales", () =>
    holds([dim, small, sizes], (a, factor, known) =>
      expect(sizeOf(scaleDim(a, factor), known)).toBe(sizeOf(a, known) * factor + 0),
    ));

  it("divides and rounds down", () =>
    holds([dim, divisor, sizes], (a, by, known) =>
      expect(sizeOf(floorDivDim(a, by), known)).toBe(Math.floor(sizeOf(a, known) / by)),
    ));

  it("divides exactly, or says that it cannot", () =>
    holds([dim, divisor, sizes], (a, by, known) => {
      const quotient = divideDim(a, by);
      if (quotient !== undefined) expect(sizeOf(quotient, known) * by).toBe(sizeOf(a, known));
      expect(sameDim(divideDim(scaleDim(a, by), by) ?? 0.5, a)).toBe(true);
    }));

  it("counts the places of a window", () =>
    holds(
      [fc.integer({ min: 1, max: 40 }), divisor, divisor, divisor, fc.integer({ min: 0, max: 4 })],
      (size, kernel, stride, dilation, pads) => {
        let places = 0;
        for (let start = 0; start + dilation * (kernel - 1) < size + pads; start += stride) places++;
        const H = windowedDim(symbol("H"), kernel, stride, dilation, pads);
        if (places > 0) {
          expect(windowedDim(size, kernel, stride, dilation, pads)).toBe(places);
          expect(sizeOf(H, { H: size })).toBe(places);
        }
      },
    ));
});

describe("equal sizes have equal texts", () => {
  const same = (a: Dim, b: Dim): void => {
    expect(dimText(a)).toBe(dimText(b));
    expect(sameDim(a, b)).toBe(true);
  };

  it("whatever the order of a sum", () =>
    holds([dim, dim, dim], (a, b, c) => {
      same(addDims(a, b), addDims(b, a));
      same(addDims(addDims(a, b), c), addDims(a, addDims(b, c)));
    }));

  it("however a product is multiplied out", () =>
    holds([dim, dim, small, small], (a, b, s, t) => {
      same(scaleDim(addDims(a, b), s), addDims(scaleDim(a, s), scaleDim(b, s)));
      same(scaleDim(scaleDim(a, s), t), scaleDim(a, s * t));
      same(addDims(scaleDim(a, s), scaleDim(a, t)), scaleDim(a, s + t));
    }));

  it("with what cancels gone", () => holds([dim, dim], (a, b) => same(addDims(addDims(a, b), scaleDim(b, -1)), a)));
});

it("writes sizes as people do", () => {
  const H = symbol("H");
  expect(dimText(addDims(scaleDim(H, 2), -1))).toBe("2*H-1");
  expect(dimText(windowedDim(H, 5, 2, 1, 4))).toBe("floor((H-1)/2)+1");
  expect(dimText(windowedDim(H, 3, 1, 1, 2))).toBe("H");
  expect(dimText(addDims(symbol("W"), addDims(H, 1)))).toBe("H+W+1");
});
