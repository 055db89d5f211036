/** `smxc eval`: how good restored pictures are. */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, readJson } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);

interface Info {
  readonly psnr: Readonly<Record<string, Readonly<Record<string, { readonly rgb: number; readonly y: number }>>>>;
}

beforeAll(async () => {
  for (const [name, patch] of [
    ["nsr-x3", 24],
    ["nsr-jpeg10", 40],
  ] as const) {
    await run("import", fixture("models", name, "checkpoint.pt"), "-o", at(`${name}.json`), "--set", `patch=${patch}`);
  }
  for (const name of ["lr", "hr", "alone", "jpeg"]) mkdirSync(at(name));
  copyFileSync(fixture("photographs", "x3", "chelsea.png"), at("lr/chelsea.png"));
  copyFileSync(fixture("photographs", "hr", "chelsea.png"), at("hr/chelsea.png"));
  copyFileSync(fixture("photographs", "hr", "coffee.png"), at("hr/coffee.png"));
  copyFileSync(fixture("photographs", "hr", "coffee.png"), at("alone/<none>.png"));
  copyFileSync(fixture("photographs", "jpeg10", "chelsea-crop.png"), at("jpeg/chelsea-cropx1.png"));
  copyFileSync(fixture("photographs", "hr", "chelsea-crop.png"), at("hr/chelsea-crop.png"));
});
afterAll(folder.remove);

describe.each(["patch", "whole"])("in the context %s", (kind) => {
  it.each(["rgb", "y"] as const)("gives PyTorch's PSNR of %s, and Pillow's bicubic", async (color) => {
    const flags = color === "y" ? ["--y"] : [];
    const pairs = ["--pairs", at("lr"), at("hr")];
    const { code, stdout } = await run("eval", at("nsr-x3.json"), ...pairs, ...flags, "--context", kind, "--json");
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    const expected = readJson<Info>("models", "nsr-x3", "info.json").psnr.chelsea!;
    expect(answer).toMatchObject({ color, shave: 3, context: kind, trainedContext: "patch", baseline: "bicubic" });
    expect(answer.images).toHaveLength(1);
    expect(answer.images[0].image).toBe("chelsea");
    expect(Math.abs(answer.mean.psnr - expected[kind]![color])).toBeLessThan(0.01);
    expect(Math.abs(answer.mean.baseline.psnr - expected.bicubic![color])).toBeLessThan(0.001);
    expect(answer.mean.ssim).toBeGreaterThan(answer.mean.baseline.ssim);
  });
});

describe("at scale 1", () => {
  it("compares with the input, and takes the field's names", async () => {
    const { stdout } = await run(
      "eval",
      at("nsr-jpeg10.json"),
      "--pairs",
      at("jpeg"),
      at("hr"),
      "--context",
      "patch",
      "--json",
    );
    const answer = JSON.parse(stdout);
    const expected = readJson<Info>("models", "nsr-jpeg10", "info.json").psnr["chelsea-crop"]!;
    expect(answer).toMatchObject({ shave: 0, baseline: "input", images: [{ image: "chelsea-crop" }] });
    expect(Math.abs(answer.mean.psnr - expected.patch!.rgb)).toBeLessThan(0.01);
    expect(Math.abs(answer.mean.baseline.psnr - expected.input!.rgb)).toBeLessThan(0.001);
  });
});

describe("the report", () => {
  it("is one file with the pictures inside", async () => {
    mkdirSync(at("odd"));
    mkdirSync(at("true"));
    for (const [name, width, into] of [
      ["<b>&x.png", 40, "odd"],
      ["<b>&x.png", 121, "true"],
    ] as const) {
      await sharp(fixture("photographs", "hr", "coffee.png"))
        .resize(width, width)
        .png()
        .toFile(at(`${into}/${name}`));
    }
    const report = at("report.html");
    const { code, stdout } = await run("eval", at("nsr-x3.json"), "--pairs", at("odd"), at("true"), "--html", report);
    expect({ code, told: stdout.includes(`wrote ${report}`) }).toEqual({ code: 0, told: true });
    const html = readFileSync(report, "utf8");
    expect(html).toContain("<h2>&lt;b&gt;&amp;x</h2>");
    expect(html).not.toMatch(/<b>|<script|https?:/);
    const pictures = [...html.matchAll(/data:image\/png;base64,([^"]+)/g)].map(([, data]) => data!);
    expect(pictures).toHaveLength(5);
    for (const data of pictures) {
      expect(await sharp(Buffer.from(data, "base64")).metadata()).toMatchObject({ width: 96, height: 96 });
    }
  });
});

describe("what is refused", () => {
  it.each([
    ["an input without its truth", ["lr", "alone"], 1, "eval/no-partner"],
    ["one folder", ["lr"], 2, "usage/pairs"],
    ["a folder that is not there", ["lr", "none"], 2, "io/cannot-read"],
    ["a truth of another size", ["hr", "hr"], 1, "metrics/different-sizes"],
  ])("%s", async (_, folders, code, text) => {
    const ended = await run("eval", at("nsr-x3.json"), "--pairs", ...folders.map(at), "--context", "whole");
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(`error[${text}]`);
  });
});
