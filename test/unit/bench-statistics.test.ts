import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layerOfNode, profileRows } from "../../src/bench/profile.js";
import { compareTimes, summariseTimes } from "../../src/bench/statistics.js";

const times = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 });

describe("times", () => {
  it("minimum, median, and the spread between the quartiles", () => {
    expect(summariseTimes([4, 1, 3, 2, 5])).toEqual({ minMs: 1, medianMs: 3, spread: 2 / 3 });
    expect(() => summariseTimes([])).toThrow(RangeError);
  });

  it("the ratio is that of the minima, and lies in its interval", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.1, max: 10, noNaN: true }), (own, factor) => {
        const { ratio, ratioInterval, pairedRatio } = compareTimes(
          own.map((time) => time * factor),
          own,
        );
        expect(ratio).toBeCloseTo(factor, 6);
        expect(pairedRatio).toBeCloseTo(factor, 6);
        expect(ratioInterval[0]).toBeLessThanOrEqual(ratio + 1e-9);
        expect(ratioInterval[1]).toBeGreaterThanOrEqual(ratio - 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  it("rounds must be paired", () => {
    expect(() => compareTimes([1], [1, 2])).toThrow(RangeError);
  });

  it("noise widens the interval", () => {
    const quiet = compareTimes([1, 1, 1, 1], [2, 2, 2, 2]).ratioInterval;
    const noisy = compareTimes([1, 9, 5, 7], [2, 3, 8, 9]).ratioInterval;
    expect(quiet).toEqual([0.5, 0.5]);
    expect(noisy[1] - noisy[0]).toBeGreaterThan(0.5);
  });
});

describe("a profile", () => {
  const run = (ts: number) => ({ cat: "Session", name: "model_run", ts, dur: 100 });
  const node = (name: string, op_name: string, ts: number, dur: number) => ({
    cat: "Node",
    name: `${name}_kernel_time`,
    ts,
    dur,
    args: { op_name },
  });

  it("sums a layer's operators, per run, and takes a body's time out of its Scan", () => {
    const events = [run(0), node("a/x", "Conv", 1, 50)];
    for (const start of [1000, 20_000]) {
      events.push(run(start), node("body.0/each", "Scan", start + 1, 4000));
      events.push(node("body.0/v", "MatMul", start + 10, 1000), node("fused body.0/y", "MatMul", start + 1500, 2000));
    }
    expect(profileRows(JSON.stringify(events), 1)).toEqual([
      { layer: "body.0", operator: "MatMul", ms: 3, calls: 2 },
      { layer: "body.0", operator: "Scan", ms: 1, calls: 1 },
    ]);
  });

  it("leads nodes back to layers", () => {
    expect(layerOfNode("body.1.body.0/kernel/mixed")).toBe("body.1.body.0");
    expect(layerOfNode("fused body.3/columns_back")).toBe("body.3");
    expect(layerOfNode("body.0_nchwc")).toBe("body.0");
    expect(layerOfNode("body.2:canvas")).toBe("body.2");
    expect(layerOfNode("/odd")).toBe("/odd");
  });

  it("anything that is not a list of events is empty", () => {
    expect(profileRows("{}", 0)).toEqual([]);
    expect(profileRows("[]", 0)).toEqual([]);
    expect(() => profileRows("[", 0)).toThrow(SyntaxError);
  });
});
