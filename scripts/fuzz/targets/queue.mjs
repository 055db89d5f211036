/**
 * The records that `smxc queue work` reads from Redis: a plan and a job. What is taken may not lead out of the plan's folder, nor
 * fail where it is followed.
 */
import { dirname, resolve } from "node:path";
import { formatOf } from "../../../dist/cli-modules/commands/queue/plan.js";
import { planOfText, taskOfData } from "../../../dist/cli-modules/commands/queue/records.js";
import { pairsOf } from "../../../dist/cli-modules/commands/queue/tasks.js";
import { decisiveOptions, networkOptionsOf } from "../../../dist/cli-modules/restoring/restore-options.js";
import { VERSION } from "../../../dist/src/base/version.js";
import { damaged } from "../damage.mjs";
import { Wrong } from "../findings.mjs";
import { mutatedJson } from "../json-mutations.mjs";
import { refusal } from "../refusal.mjs";

const PLAN = {
  smxc: VERSION,
  model: "/models/net.onnx",
  sha256: "0".repeat(64),
  folder: "/results",
  ending: ".png",
  machine: { memory: 4e9, jobs: 2 },
  options: { context: "auto", tile: "auto", target: "cpu", selfEnsemble: false, alpha: "resize" },
};
const MORE = { memory: 4000, globalSamples: 4, jobs: 2, threads: 1, range: [0, 255], color: "bgr", scale: 2, tile: 64 };
const TASK = {
  plan: "0123456789ab",
  pictures: [
    ["/photos/a.png", "a.png"],
    ["/photos/b.jpg", "b.png"],
  ],
};

const inputOf = (plan, task) => Buffer.from(JSON.stringify({ plan: JSON.stringify(plan), task }));

export const queue = {
  about: "the plans and jobs that queue work reads from Redis",
  ending: ".json",
  seeds: () => [inputOf(PLAN, TASK), inputOf({ ...PLAN, options: { ...PLAN.options, ...MORE } }, TASK)],
  mutate(input, random) {
    const { plan, task } = JSON.parse(input);
    const own = { plan, task: random.chance(0.5) ? mutatedJson(task, random) : task };
    if (random.chance(0.1))
      return Buffer.from(JSON.stringify({ ...own, plan: damaged(Buffer.from(plan), random).toString("latin1") }));
    try {
      return Buffer.from(JSON.stringify({ ...own, plan: JSON.stringify(mutatedJson(JSON.parse(plan), random)) }));
    } catch (cause) {
      // Damaged before.
      if (cause instanceof SyntaxError) return Buffer.from(JSON.stringify(own));
      throw cause;
    }
  },
  mostMs: () => 1000,
  run(input) {
    const { plan: text, task: data } = JSON.parse(input);
    return `${attempt(() => follow(planOfText(String(text), "fuzz")))}, ${attempt(() => followTask(taskOfData(data, "p0")))}`;
  },
};

function attempt(work) {
  try {
    work();
    return "taken";
  } catch (cause) {
    return refusal(cause);
  }
}

function follow(plan) {
  const format = formatOf(plan);
  if (!networkOptionsOf(plan.options, true) || !decisiveOptions(plan.options, format))
    throw new Wrong("options", plan.options);
}

function followTask(task) {
  const folder = resolve("/results");
  for (const { output } of pairsOf(task, folder)) if (dirname(output) !== folder) throw new Wrong("leads out", output);
}
