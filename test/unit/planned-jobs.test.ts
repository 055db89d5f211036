/** Networks that many machines open: what a picture is run in does not depend on the machine. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { openNetworkFile } from "../../cli/models/open-network.js";
import type { RunPlan } from "../../src/restore/cost/context-choice.js";
import { runCaptured } from "../cli/capture.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
const { at } = folder;
const SIZE = { width: 512, height: 512 };

beforeAll(async () => {
  await runCaptured(["import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json")], COMMANDS);
});
afterAll(folder.remove);

async function planFor(memory: number, jobs: number, plannedJobs?: number): Promise<RunPlan> {
  const output = { report() {}, note() {} };
  const options = { target: "cpu", areMany: true, memory, jobs, plannedJobs } as const;
  const network = await openNetworkFile(at("m.json"), options, output);
  try {
    return (await network.restorer.plan?.(SIZE))!;
  } finally {
    await network.close();
  }
}

it("takes the planned number of runs at a time in place of its own", async () => {
  const one = await planFor(1e12, 1);
  const memory = 3 * one.chosen.bytes;
  expect((await planFor(memory, 2, 2)).chosen.kind).toBe("whole");
  expect((await planFor(memory, 8)).chosen.kind).toBe("shared");
  expect(await planFor(memory, 8, 2)).toEqual(await planFor(memory, 2, 2));
});
