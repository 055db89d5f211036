/** Random layers whose kernels are computed from the input: raised to mixtures, they compute what ONNX Runtime computes of them. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { dense, sizeOf } from "../../src/ir/ops/dense-tensor.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { accelerated, read } from "../support/raising.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";
import { randomKernel } from "./onnx-kernels/random-kernel.js";
import { Draw } from "./onnx-operators/draw.js";

/** More are asked for by the environment: `SMXC_CASES=300 SMXC_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.SMXC_CASES ?? 150);

async function check(draw: Draw): Promise<void> {
  const { model, x, experts } = randomKernel(draw);
  const source = await read(model);
  const done = await accelerated(source);
  expect(done.report.kernels.filter(({ became }) => became !== "conv")).toMatchObject([
    { became: "mix_conv", experts },
  ]);
  const next = randomNumbers(draw.seed());
  const feeds = [new Map([["x", dense(x, Float32Array.from({ length: sizeOf(x) }, next))]])];
  const [[wanted], [found]] = [
    await runGraph(await encoded(source), feeds, "disabled"),
    await runGraph(await encoded(done.model), feeds),
  ];
  expect(relativeError(found!.get("y")!, wanted!.get("y")!)).toBeLessThan(TOLERANCES.relative);
}

it("computed kernels as mixtures", { timeout: 1e9 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), (g) => check(new Draw(g))),
    { numRuns: RUNS, endOnFailure: true },
  );
});
