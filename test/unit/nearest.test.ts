import fc from "fast-check";
import { expect, it } from "vitest";
import { nearest } from "../../src/base/nearest.js";

it.each([
  ["rleu", ["add", "relu", "gelu"], "relu"],
  ["body.1.body0.weight_v", ["body.1.body.0.weight_v", "body.1.body.2.weight_v"], "body.1.body.0.weight_v"],
  ["kernel_size", ["in", "kernel", "stride"], "kernel"],
  ["padding", ["in", "pad"], "pad"],
  ["conv", ["convolution", "concatenation"], "convolution"],
  ["xyzzy", ["in", "pad"], undefined],
  ["inner", ["in"], undefined],
  ["anything", [], undefined],
] as const)("%s among %j means %s", (name, candidates, meant) => {
  expect(nearest(name, candidates)).toBe(meant);
});

/** The definition: the closest by the whole table of distances, else the longest that begins the other. */
function nearestByDefinition(name: string, candidates: readonly string[]): string | undefined {
  const close = Math.max(2, Math.ceil(name.length / 3));
  const distances = candidates.map((candidate) => distance(name, candidate));
  const least = Math.min(...distances);
  if (least <= close) return candidates[distances.indexOf(least)];
  const begun = candidates.filter(
    (candidate) =>
      Math.min(candidate.length, name.length) >= 3 && (candidate.startsWith(name) || name.startsWith(candidate)),
  );
  return begun.find(({ length }) => length === Math.max(...begun.map((each) => each.length)));
}

function distance(a: string, b: string): number {
  const table = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(table[i - 1]![j]! + 1, row[j - 1]! + 1, swap));
    }
    table.push(row);
  }
  return table[a.length]![b.length]!;
}

it("is what the definition says", () => {
  const names = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 14 });
  fc.assert(
    fc.property(names, fc.array(names, { maxLength: 8 }), (name, candidates) => {
      expect(nearest(name, candidates)).toBe(nearestByDefinition(name, candidates));
    }),
    { numRuns: 2000 },
  );
});

it("does not compare names of megabytes letter by letter, nor hundreds of thousands of names", () => {
  const long = "ab".repeat(5_000_000);
  expect(nearest(long, [`${long}x`, `x${long}`, "weight"])).toBe(`${long}x`);
  const many = Array.from({ length: 300_000 }, (_, i) => `${i}`.padStart(100, "xyz"));
  expect(nearest("zyx".repeat(33), many)).toBeUndefined();
});
