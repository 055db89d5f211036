/** What a run takes: ONNX Runtime's arena, the values of a graph in it, and the texts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/restore/cost/arena.js";
import { bytesText, planText, secondsText } from "../../src/restore/cost/cost-text.js";
import { browserMemory, halfOf } from "../../src/restore/cost/memory.js";
import { defaultMemory } from "../../src/restore/cost/memory-node.js";

const MB = 2 ** 20;

describe("Arena", () => {
  it("extends as ONNX Runtime's does: to what is asked for, and else by twice as much as before", () => {
    // As ONNX Runtime 1.30 logs them for the first values of an RRDB of six blocks at 256 × 256 pixels.
    const arena = new Arena();
    const chunks = [16, 16, 16, 24].map((size) => arena.allocate(size * MB));
    expect(chunks.map(({ region }) => region.size / MB)).toEqual([16, 16, 32, 64]);
    expect(arena.allocate(3000 * MB).region.size / MB).toBe(3000);
  });

  it("gives freed memory out again, joined with what is beside it", () => {
    const arena = new Arena();
    const [a, b] = [arena.allocate(0.25 * MB), arena.allocate(0.25 * MB)];
    arena.allocate(0.5 * MB);
    arena.free(a);
    arena.free(b);
    expect(arena.allocate(0.5 * MB)).toMatchObject({ from: 0 });
    expect(arena.touched).toBe(MB);
  });

  it("touches at least what is alive, and chunks never overlap", () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 64 * MB }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (requests) => {
        const arena = new Arena();
        const alive: (ReturnType<Arena["allocate"]> & { readonly asked: number })[] = [];
        for (const [asked, gives] of requests) {
          const chunk = arena.allocate(asked);
          for (const other of alive)
            expect(
              other.region !== chunk.region ||
                other.from + other.size <= chunk.from ||
                chunk.from + chunk.size <= other.from,
            ).toBe(true);
          alive.push({ ...chunk, asked });
          if (gives) arena.free(alive.shift()!);
          expect(arena.touched).toBeGreaterThanOrEqual(alive.reduce((sum, each) => sum + each.asked, 0));
        }
      }),
    );
  });
});

describe("memory that runs may take", () => {
  it("is half of the machine's, or of what a container may use", () => {
    expect(halfOf(16e9, 0)).toBe(8e9);
    expect(halfOf(16e9, 4e9)).toBe(2e9);
    expect(halfOf(16e9, 2 ** 63)).toBe(8e9);
    expect(defaultMemory()).toBe(defaultMemory());
  });

  it("is half of what a browser tells, or 2 GiB", () => {
    expect(browserMemory(8)).toBe(2 ** 32);
    expect(browserMemory(undefined)).toBe(2 ** 31);
  });
});

describe("texts", () => {
  it("tells one line", () => {
    expect(bytesText(339.2e6)).toBe("340 MB");
    expect(bytesText(2.06e9)).toBe("2.1 GB");
    expect([secondsText(11.2), secondsText(180), secondsText(9000)]).toEqual(["12 s", "3 min", "2.5 h"]);
    expect(
      planText({
        chosen: { kind: "whole", bytes: 1.1e9, seconds: 12 },
        other: { kind: "tiles", side: 512, work: 1.12, bytes: 5e8, seconds: 13 },
      }),
    ).toBe(
      "about 12 s and 1.1 GB: the whole picture in one piece; tiles of 512 pixels, with the same result as the whole picture would take 1.12 times the work and 500 MB",
    );
  });
});
