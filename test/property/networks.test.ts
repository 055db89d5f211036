/** Random networks of the public kind: import, document, every lowering and folding against the reference. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixture, readJson } from "../support/fixtures.js";
import { checkNetwork } from "./networks/check.js";
import { type NetworkCase, networkCase } from "./networks/generator.js";

/** More cases, and others, are asked for by the environment: `SMXC_CASES=1000 SMXC_SEED=7 npx vitest run …`. */
const CASES = Number(process.env.SMXC_CASES ?? 75);
const SEED = Number(process.env.SMXC_SEED ?? 20060435);

it(`${CASES} random networks are computed as the reference computes them`, { timeout: 1e9 }, async () => {
  let graphs = 0;
  await fc.assert(
    fc.asyncProperty(networkCase, async (problem) => {
      graphs += await checkNetwork(problem);
    }),
    { numRuns: CASES, seed: SEED },
  );
  expect(graphs / CASES, "different graphs of a network").toBeGreaterThan(1);
});

describe("networks that once went wrong", () => {
  const files = readdirSync(fixture("regressions", "networks")).filter((file) => file.endsWith(".json"));

  it.each(files)("%s", async (file) => {
    await checkNetwork(readJson<NetworkCase>("regressions", "networks", file));
  });
});
