/** β from runs on pictures: its mean and how far it moves. */
import { expect, it } from "vitest";
import { meanBetas, variation } from "../../src/fold/from-images.js";

/** β of a router of 2 experts and 1 cardinal for each sample of a run. */
const run = (...samples: readonly (readonly [number, number])[]) => ({
  outputs: new Map([
    ["y", { data: new Float32Array(samples.length), shape: [samples.length, 1, 1, 1] }],
    ["beta.r", { data: Float32Array.from(samples.flat()), shape: [samples.length, 2, 1] }],
  ]),
});

it("is the mean over the pictures, and the largest distance from it", () => {
  const runs = [run([0.25, 0.75]), run([0.75, 0.25])];
  const betas = meanBetas(runs);
  expect([...betas]).toEqual([["beta.r", [[0.5], [0.5]]]]);
  expect([...variation(runs, betas)]).toEqual([["beta.r", 0.25]]);
});

it("counts every sample of a run: networks of grey see the channels of a picture as samples", () => {
  const runs = [run([0, 1], [0.5, 0.5], [1, 0]), run([0.5, 0.5])];
  const betas = meanBetas(runs);
  expect([...betas]).toEqual([["beta.r", [[0.5], [0.5]]]]);
  expect([...variation(runs, betas)]).toEqual([["beta.r", 0.5]]);
});
