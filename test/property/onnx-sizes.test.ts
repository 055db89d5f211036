/** Random networks that hold the exported size in their constants: opened, they are the exports of other sizes. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checkOpenedSizes, type Size } from "../support/opened-sizes.js";
import { Draw } from "./onnx-operators/draw.js";
import { randomNetwork } from "./onnx-sizes/random-network.js";

/** More are asked for by the environment: `SMXC_CASES=5000 SMXC_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.SMXC_CASES ?? 100);
/** Square ones too, of which no number tells height from width. */
const EXPORTED: readonly Size[] = [
  [8, 8],
  [16, 16],
  [12, 8],
  [9, 14],
];
const OTHERS: readonly Size[] = [
  [16, 12],
  [11, 23],
];

it("an opened network is the export of each size", { timeout: 1e9 }, async () => {
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const exported = draw.pick(EXPORTED);
      const found = await checkOpenedSizes(randomNetwork(draw, [exported, ...OTHERS]), exported, OTHERS);
      if ("model" in found) opened++;
      // One that grew to several readings is refused, and nothing else is.
      else
        expect(found.reason).toMatch(
          /may be any of its axes of size 1|not known whether the (start|end) depends on the picture/,
        );
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(opened).toBeGreaterThan(RUNS * 0.9);
});
