/** `smxc routes`: how β behaves on pictures. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import type { RouterStudy } from "../../src/routes/study.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const chelsea = fixture("photographs", "x3", "chelsea.png");
const coffee = fixture("photographs", "x3", "coffee.png");

beforeAll(async () => {
  await run("import", fixture("models", "nsr-x3", "checkpoint.pt"), "-o", at("m.json"), "--set", "patch=24");
  await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify");
});
afterAll(folder.remove);

describe("routes", () => {
  it("tells every router's β, whole and in patches", async () => {
    const whole = await run(
      "routes",
      at("m.json"),
      "--image",
      chelsea,
      "--image",
      coffee,
      "--context",
      "whole",
      "--json",
    );
    expect(whole.code).toBe(0);
    const answer = JSON.parse(whole.stdout);
    expect(answer).toMatchObject({ schemaVersion: 1, context: "whole", pictures: [chelsea, coffee] });
    const routers: readonly RouterStudy[] = answer.routers;
    for (const { mean, pictures, samples, withinPictures, betweenPictures } of routers) {
      expect(samples).toBe(2);
      expect(withinPictures).toBeUndefined();
      expect(pictures).toHaveLength(2);
      const [first, second] = pictures.map((table) => table.flat());
      expect(mean.flat()[0]).toBeCloseTo((first![0]! + second![0]!) / 2, 12);
      expect(betweenPictures).toBeCloseTo(Math.max(...first!.map((value, i) => Math.abs(value - second![i]!) / 2)), 12);
    }
    const patches = JSON.parse((await run("routes", at("m.json"), "--image", chelsea, "--json")).stdout);
    expect(patches.context).toBe("patch");
    expect(patches.routers.map(({ layer }: RouterStudy) => layer)).toEqual(routers.map(({ layer }) => layer));
    expect(patches.routers[0].samples).toBeGreaterThan(10);
    expect(patches.routers[0].withinPictures).toBeGreaterThan(0);
  });

  it("writes a report of one file, and says what its columns mean", async () => {
    const { code, stdout } = await run("routes", at("m.json"), "--image", chelsea, "-o", at("r.html"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layer .*evenness/);
    expect(stdout).toContain("evenness: entropy");
    expect(readFileSync(at("r.html"), "utf8")).toContain("body.1.body.0");
  });

  it.each([
    ["no pictures", ["m.json"], "usage/no-pictures", 2],
    ["a graph", ["m.onnx", "--image", chelsea], "usage/needs-document", 2],
    ["an output that is an input", ["m.json", "--image", chelsea, "-o", "m.json"], "usage/output-is-input", 2],
  ] as const)("refuses %s", async (_, [model, ...rest], error, exit) => {
    const { code, stderr } = await run(
      "routes",
      at(model),
      ...rest.map((word) => (word === "m.json" ? at(word) : word)),
    );
    expect(code).toBe(exit);
    expect(stderr).toContain(error);
    expect(existsSync(at("r2.html"))).toBe(false);
  });
});
