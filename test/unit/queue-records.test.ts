/** What lies in Redis is checked before it is followed: anyone who reaches it may have written. */
import { describe, expect, it } from "vitest";
import { planOf } from "../../cli/commands/queue/plan.js";
import { planOfText, taskIn, taskOfData } from "../../cli/commands/queue/records.js";
import { pairsOf, tasksOf } from "../../cli/commands/queue/tasks.js";
import { VERSION } from "../../src/base/version.js";
import { IMAGE_FORMATS } from "../../src/files/image-format.js";

const OPTIONS = {
  context: "auto",
  tile: "auto",
  memory: 4000,
  globalSamples: undefined,
  jobs: undefined,
  threads: 2,
  target: "cpu",
  selfEnsemble: false,
  range: [0, 255],
  color: "bgr",
  scale: 2,
  alpha: "resize",
} as const;
const PLAN = planOf(
  { folder: "/results", format: IMAGE_FORMATS[0]! },
  { path: "/net.onnx", sha256: "0".repeat(64) },
  { memory: 4e9, jobs: 2 },
  OPTIONS,
);
const PAIRS = [{ input: "/photos/a.png", output: "/results/a.png" }];
const [TASK] = tasksOf("0123456789ab", PAIRS, 1);

const found = (work: () => unknown): string => {
  try {
    work();
  } catch (cause) {
    return String((cause as Error).message);
  }
  return "taken";
};

it("takes what smxc writes", () => {
  expect(planOfText(JSON.stringify(PLAN), "q")).toEqual(JSON.parse(JSON.stringify(PLAN)));
  for (const { name } of IMAGE_FORMATS)
    expect(planOfText(JSON.stringify({ ...PLAN, ending: `.${name}` }), "q").ending).toBe(`.${name}`);
  expect(taskOfData(TASK!.data, TASK!.id)).toEqual(TASK!.data);
  expect(pairsOf(taskIn(TASK!.data)!, "/results")).toEqual(PAIRS);
});

describe("a plan", () => {
  it.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["no model", JSON.stringify({ ...PLAN, model: undefined })],
    ["an empty folder", JSON.stringify({ ...PLAN, folder: "" })],
    ["a NUL", JSON.stringify({ ...PLAN, model: "a\0b" })],
    ["no hash", JSON.stringify({ ...PLAN, sha256: "x" })],
    ["another format", JSON.stringify({ ...PLAN, ending: ".exe" })],
    ["no memory", JSON.stringify({ ...PLAN, machine: { memory: 0, jobs: 1 } })],
    ["half a job", JSON.stringify({ ...PLAN, machine: { memory: 1e9, jobs: 0.5 } })],
    ["another target", JSON.stringify({ ...PLAN, options: { ...OPTIONS, target: "tpu" } })],
    ["an unknown option", JSON.stringify({ ...PLAN, options: { ...OPTIONS, x: 1 } })],
  ])("of %s is refused", (_, text) => {
    expect(found(() => planOfText(text, "q"))).toMatch(/^the queue q holds a plan that smxc does not write: /);
  });

  it("is told by its first place that is wrong", () => {
    const told = (plan: object) => found(() => planOfText(JSON.stringify({ ...PLAN, ...plan }), "q"));
    expect(told({ model: "a\0b" })).toMatch(/: model: holds a NUL$/);
    expect(told({ machine: { memory: 1e9, jobs: 0 } })).toMatch(/: machine\.jobs: /);
    expect(told({ sha256: "x" })).toMatch(/: sha256: is no hash$/);
    expect(found(() => planOfText("{", "q"))).toMatch(/write: Invalid input/);
  });

  it("of another version is told as such, whatever else it holds", () => {
    expect(found(() => planOfText(JSON.stringify({ smxc: "9.9.9", new: true }), "q"))).toBe(
      `the pictures were added by smxc 9.9.9, but this is smxc ${VERSION}`,
    );
  });
});

describe("a job", () => {
  const named = (name: unknown, input: unknown = "/a.png") => ({ plan: "p", pictures: [[input, name]] });

  it.each([
    ["nothing", undefined],
    ["no pictures", { plan: "p" }],
    ["an empty list", { plan: "p", pictures: [] }],
    ["no plan", { pictures: [["/a.png", "a.png"]] }],
    ["a number", named(1)],
    ["a name that leads out", named("../a.png")],
    ["a path", named("/etc/a.png")],
    ["a folder", named("..")],
    ["no name", named("")],
    ["a NUL", named("a\0.png")],
    ["no input", named("a.png", "")],
  ])("of %s is refused", (_, data) => {
    expect(found(() => taskOfData(data, "p1"))).toMatch(/^the queue holds a job that smxc does not write: /);
    expect(taskIn(data)).toBeUndefined();
  });
});
