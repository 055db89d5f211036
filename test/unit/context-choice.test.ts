/** In which parts a picture is run. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseContext, type Limits, type Ways } from "../../src/restore/cost/context-choice.js";
import { planTiles } from "../../src/restore/tile-plan.js";

const PER_PIXEL = 1000;
const tiling = { reach: 10, multiple: 4 };
const whole: Ways["whole"] = ({ height, width }, jobs) => ({ bytes: jobs * height * width * PER_PIXEL, seconds: 1 });
const cost: NonNullable<Ways["tiles"]>["cost"] = (_, { height, width }, jobs) => ({
  bytes: jobs * height * width * PER_PIXEL,
  seconds: 1,
});
const inTiles: Ways = { whole, tiles: { tiling, fixed: {}, cost } };
const sharing: Ways = { whole, shared: { least: () => 5e6 } };
const limits = (memory: number, jobs = 1): Limits => ({ memory, jobs: { parts: jobs, alone: 1 } });
const size = { height: 400, width: 600 };

describe("chooseContext", () => {
  it("runs the picture in one piece up to the last byte that is allowed", () => {
    const bytes = 400 * 600 * PER_PIXEL;
    expect(chooseContext(size, inTiles, limits(bytes))).toEqual({ kind: "whole", bytes, seconds: 1 });
    expect(chooseContext(size, inTiles, limits(bytes - 1)).kind).toBe("tiles");
  });

  it("takes the largest tiles that fit, each of the jobs", () => {
    const one = chooseContext(size, inTiles, limits(1e8));
    const four = chooseContext(size, inTiles, limits(1e8, 4));
    expect(one).toMatchObject({ kind: "tiles", side: 300 });
    expect(four).toMatchObject({ kind: "tiles", side: 120 });
  });

  it("keeps to what is allowed, and no larger tile of the list would fit", () => {
    const sizes = fc.record({ height: fc.integer({ min: 64, max: 2000 }), width: fc.integer({ min: 64, max: 2000 }) });
    const least = 150 * 150 * PER_PIXEL * 3;
    fc.assert(
      fc.property(sizes, fc.integer({ min: least, max: 2e9 }), fc.integer({ min: 1, max: 3 }), (each, memory, jobs) => {
        const choice = chooseContext(each, inTiles, limits(memory, jobs));
        expect(choice.kind).not.toBe("none");
        if (choice.kind === "none") return;
        expect(choice.bytes).toBeLessThanOrEqual(memory);
        if (choice.kind !== "tiles") return;
        expect(choice.side % tiling.multiple).toBe(0);
        const tiles = planTiles(each, { tiling, fixed: {}, side: choice.side })!;
        const seen = tiles.reduce((sum, { outer }) => sum + outer.height * outer.width, 0);
        expect(choice.work).toBeCloseTo(seen / (each.height * each.width), 9);
        for (const { outer } of tiles)
          expect(outer.height * outer.width * PER_PIXEL * Math.min(jobs, tiles.length)).toBeLessThanOrEqual(memory);
      }),
    );
  });

  it("counts the pictures that run at a time", () => {
    const two = { memory: 400 * 600 * PER_PIXEL, jobs: { parts: 1, alone: 2 } };
    expect(chooseContext(size, inTiles, two).kind).toBe("tiles");
  });

  it("shares β among parts where the network looks at the whole picture, within what is allowed", () => {
    expect(chooseContext(size, sharing, limits(1e7))).toMatchObject({ kind: "shared", bytes: 1e7 });
  });

  it("says what is least where nothing fits", () => {
    expect(chooseContext(size, sharing, limits(1e6))).toMatchObject({ kind: "none", least: 5e6 });
    expect(chooseContext(size, { whole }, limits(1e6))).toMatchObject({ kind: "none", least: undefined });
    expect(chooseContext(size, inTiles, limits(1e6))).toMatchObject({ kind: "none", least: 56 * 56 * PER_PIXEL });
  });
});
