/** `smxc run`: pictures from and to files, and what it says of the context. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);

beforeAll(async () => {
  const checkpoint = fixture("models", "nsr-x3", "checkpoint.pt");
  await run("import", checkpoint, "-o", at("m.json"), "--set", "patch=24");
  await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify");
  await run("compile", at("m.json"), "-o", at("p.onnx"), "--no-verify", "--context", "patch");
  await sharp({ create: { width: 20, height: 12, channels: 3, background: "#4080c0" } })
    .png()
    .toFile(at("small.png"));
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  await sharp({ create: { width: 98, height: 97, channels: 3, background: "black", noise } })
    .png()
    .toFile(at("large.png"));
});
afterAll(folder.remove);

describe("the context", () => {
  it.each([
    ["the whole picture", ["m.json", "large.png"], /context: whole picture; the model was trained on patches\)/],
    [
      "patches by name, where the picture is large enough",
      ["m.json", "large.png", "--context", "patch"],
      /context: \d+ patches of 24x24; \d/,
    ],
    ["the training's by name", ["m.json", "large.png", "--context", "trained"], /context: \d+ patches of 24x24; \d/],
    [
      "whole, where the picture is too small for patches",
      ["m.json", "small.png", "--context", "patch"],
      /context: whole picture; the picture is too small for patches\)/,
    ],
    [
      "the whole picture's in parts, where one piece does not fit",
      ["m.json", "large.png", "--memory", "4"],
      /context: the whole picture's β in \d+ /,
    ],
    [
      "as it is asked for",
      ["m.json", "large.png", "--context", "whole"],
      /whole picture; the model was trained on patches/,
    ],
    ["the graph's", ["m.onnx", "large.png"], /context: whole picture; the model was trained on patches\)/],
    ["the graph's own patches", ["p.onnx", "large.png"], /context: patches of the training size, inside the graph\)/],
    [
      "tiles",
      ["m.json", "small.png", "--context", "global", "--tile", "9"],
      /the whole picture's β in 6 tiles of 9x9; \d/,
    ],
    [
      "estimated",
      ["m.json", "small.png", "--context", "global", "--tile", "9", "--global-samples", "3"],
      /β estimated, standard error up to \d/,
    ],
  ])("is %s", async (_, [model, input, ...flags], text) => {
    const { code, stdout, stderr } = await run("run", at(model!), at(input!), "-o", at("out.png"), ...flags);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(text);
  });

  it("is told in JSON", async () => {
    const { stdout } = await run(
      "run",
      at("m.json"),
      at("large.png"),
      "-o",
      at("out.png"),
      "--context",
      "patch",
      "--json",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      output: at("out.png"),
      width: 294,
      height: 291,
      context: "patch",
      trainedContext: "patch",
      side: 24,
      selfEnsemble: false,
    });
  });

  it("whole by name is refused where it does not fit, with what would", async () => {
    const flags = ["--memory", "4", "--context", "whole"];
    const ended = await run("run", at("m.json"), at("large.png"), "-o", at("none.png"), ...flags);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/error\[run\/memory\].* needs about \d+ MB in one piece, but only 4 MB are allowed/);
    expect(ended.stderr).toContain("parts that share one β would fit, with the same result");
    expect(ended.stderr).toContain("leave out --context and --tile, or allow more with --memory");
  });

  it("of a graph cannot be another", async () => {
    for (const [flags, code] of [
      [["--context", "global"], "run/graph-context"],
      [["--context", "patch"], "run/graph-context"],
      [["--tile", "9"], "run/graph-tiles"],
    ] as const) {
      const ended = await run("run", at("m.onnx"), at("small.png"), "-o", at("none.png"), ...flags);
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toContain(`error[${code}]`);
    }
    expect(readdirSync(folder.path)).not.toContain("none.png");
  });
});

describe("pictures", () => {
  it("of a folder become PNG files of another", async () => {
    mkdirSync(at("in"));
    copyFileSync(at("small.png"), at("in/a.png"));
    await sharp(at("small.png")).jpeg().toFile(at("in/b.jpg"));
    writeFileSync(at("in/notes.txt"), "none");
    const { code, stdout } = await run("run", at("m.json"), at("in"), "-o", at("made/out"), "--json");
    expect(code).toBe(0);
    expect(readdirSync(at("made/out"))).toEqual(["a.png", "b.png"]);
    expect(JSON.parse(stdout).pictures.map(({ width }: { width: number }) => width)).toEqual([60, 60]);
  });

  it("of one name cannot become one file, and a folder must hold some", async () => {
    mkdirSync(at("same"));
    for (const name of ["a.png", "a.jpg"]) await sharp(at("small.png")).toFile(at(`same/${name}`));
    expect((await run("run", at("m.json"), at("same"), "-o", at("made"))).stderr).toContain("usage/output-twice");
    mkdirSync(at("empty"));
    expect((await run("run", at("m.json"), at("empty"), "-o", at("made"))).stderr).toContain("io/no-pictures");
  });

  it.each([
    ["webp", 5462, 16383],
    ["jpg", 21846, 65535],
  ])("too large for %s are refused before the work", async (extension, width, most) => {
    await sharp({ create: { width, height: 1, channels: 3, background: "#4080c0" } })
      .png()
      .toFile(at("wide.png"));
    const output = at(`wide-out.${extension}`);
    const { code, stderr } = await run("run", at("m.json"), at("wide.png"), "-o", output);
    expect(code).toBe(1);
    expect(stderr).toContain(`the result has ${width * 3} × 3 pixels; the format allows at most ${most} on a side`);
    expect(readdirSync(folder.path)).not.toContain(`wide-out.${extension}`);
  });

  it.each([
    ["16 bits", () => sharp(at("small.png")).toColourspace("rgb16"), { depth: "ushort", channels: 3, width: 60 }],
    ["grey", () => sharp(at("small.png")).toColourspace("b-w"), { depth: "uchar", channels: 1, width: 60 }],
    ["opacity", () => sharp(at("small.png")).ensureAlpha(0.5), { depth: "uchar", channels: 4, width: 60 }],
    ["turned", () => sharp(at("small.png")).withMetadata({ orientation: 6 }), { width: 36, height: 60 }],
  ])("keep what they are: %s", async (_, make, expected) => {
    await make().png().toFile(at("odd.png"));
    const { code } = await run("run", at("m.json"), at("odd.png"), "-o", at("odd-out.png"), "--self-ensemble");
    expect(code).toBe(0);
    expect(await sharp(at("odd-out.png")).metadata()).toMatchObject(expected);
  });
});
