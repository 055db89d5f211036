/** Runs of a source that a compile compares with. */
import { expect, it } from "vitest";
import type { Session } from "../../src/sessions/session.js";
import { candidateSizes, joinedRun, runSource } from "../../src/verify/against-source.js";

/** A source that is exported for one size. */
function sourceOf(shape: readonly number[]) {
  const runs: number[] = [];
  const session = {
    inputs: [{ name: "x", type: "float32", shape }],
    run: async (feeds: ReadonlyMap<string, { readonly data: Float32Array }>) => {
      runs.push(feeds.get("x")!.data.length);
      return new Map();
    },
  } as unknown as Session;
  return { session, runs };
}

it("does not run a source that is fixed to sizes which no machine holds", async () => {
  for (const side of [100_000, 2 ** 31, 2 ** 53 - 1]) {
    const { session, runs } = sourceOf([1, 3, side, side]);
    const [sizes] = candidateSizes(session.inputs);
    expect(await runSource(session, sizes!, 1)).toBeNull();
    expect(runs).toEqual([]);
  }
});

it("runs one of usual sizes", async () => {
  const { session, runs } = sourceOf([1, 3, 4, 5]);
  const [sizes] = candidateSizes(session.inputs);
  expect(await runSource(session, sizes!, 1)).toMatchObject({ label: "x 1x3x4x5" });
  expect(runs).toEqual([60]);
});

it("joins samples of one shape, and says which output has none", () => {
  const run = (shape: readonly number[]) => ({
    label: "x",
    feeds: new Map([["x", { shape: [1, 2], data: Float32Array.of(1, 2) }]]),
    outputs: new Map([["y", { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]]),
  });
  expect(joinedRun([run([1, 3]), run([1, 3])], ["x", "y"]).outputs.get("y")!.shape).toEqual([2, 3]);
  expect(() => joinedRun([run([1, 3]), run([1, 0])], ["x", "y"])).toThrow(
    'the output "y" has the shape 1x3 for one sample and 1x0 for another',
  );
});
