/** The colours of β, which the report of `routes` and the page share. */
import { expect, it } from "vitest";
import { areShares, betaScale, placeOnScale, scaleEnds } from "../../src/routes/beta-scale.js";

const router = (experts: number, shares: boolean, ...tables: readonly (readonly number[])[]) => ({
  experts,
  shares,
  tables: tables.map((table) => table.map((value) => [value])),
});

it("an even share has no colour, the value farthest from it full colour", () => {
  const scale = betaScale([router(2, true, [0.5, 0.5], [0.9, 0.1])]);
  expect(scale).toEqual({ even: 0.5, reach: 0.4 });
  expect(placeOnScale(0.5, scale)).toBe(0);
  expect(placeOnScale(0.3, scale)).toBeCloseTo(-0.5, 12);
  expect([placeOnScale(0.9, scale), placeOnScale(7, scale), placeOnScale(-7, scale)]).toEqual([1, 1, -1]);
  expect(scaleEnds(scale)).toEqual([0.5 - 0.4, 0.9]);
});

it("the mean has none where β are no shares, or layers differ in their experts", () => {
  expect(betaScale([router(2, false, [2, 4])])).toEqual({ even: 3, reach: 1 });
  expect(betaScale([router(2, true, [0.5, 0.5]), router(1, true, [1])]).even).toBeCloseTo(2 / 3, 12);
});

it("differences that are next to none are shown as none", () => {
  expect(placeOnScale(0.5 + 1e-6, betaScale([router(2, true, [0.5 + 1e-6, 0.5 - 1e-6])]))).toBeLessThan(0.01);
});

it("shares sum to one, and none is below zero", () => {
  expect(areShares([0.2, 0.8])).toBe(true);
  expect(areShares([0.2, 0.7])).toBe(false);
  expect(areShares([1.2, -0.2])).toBe(false);
});
