/** Graphs that were compiled for one size, and sizes that a network does not take: said in the words of pictures. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { readImage } from "../../src/pictures/image-node.js";
import { load } from "../../src/runtime/index-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
/** Of 37 × 29 pixels. */
const PICTURE = fixture("images", "patch.png");

const network = (layers: readonly object[]) =>
  JSON.stringify({
    version: 1,
    name: "n",
    image: { range: [0, 1], color: "rgb", scale: 1 },
    inputs: [{ name: "x", shape: ["N", 3, "H", "W"] }],
    layers,
    outputs: ["y"],
  });

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
  await run(
    "compile",
    at("m.json"),
    "-o",
    at("f.onnx"),
    "--no-verify",
    "--batch",
    "1",
    "--height",
    "48",
    "--width",
    "48",
  );
  await run("compile", at("m.json"), "-o", at("wide.onnx"), "--no-verify", "--width", "48");
  await run("compile", at("m.json"), "-o", at("two.onnx"), "--no-verify", "--batch", "2");
  writeFileSync(
    at("even.json"),
    network([
      { name: "halves", op: "pixel_unshuffle", in: "x", scale: 2 },
      { name: "y", op: "pixel_shuffle", in: "halves", scale: 2 },
    ]),
  );
  writeFileSync(at("large.json"), network([{ name: "y", op: "max_pool", in: "x", kernel: 30, stride: 1 }]));
  await run("compile", at("even.json"), "-o", at("even.onnx"), "--no-verify");
});
afterAll(folder.remove);

describe("a graph of one size", () => {
  it.each([
    ["f.onnx", "the graph takes only pictures of 48 × 48 pixels (width × height); this one has 37 × 29"],
    ["wide.onnx", "the graph takes only pictures of 48 × any height pixels (width × height); this one has 37 × 29"],
  ])("says it of a picture of another (%s)", async (graph, message) => {
    mkdirSync(at(`${graph}-lr`));
    mkdirSync(at(`${graph}-hr`));
    copyFileSync(PICTURE, at(`${graph}-lr/a.png`));
    const { width, height } = await sharp(PICTURE).metadata();
    await sharp(PICTURE)
      .resize(2 * width, 2 * height)
      .toFile(at(`${graph}-hr/a.png`));
    for (const argv of [
      ["run", at(graph), PICTURE, "-o", at("o.png")],
      ["eval", at(graph), "--pairs", at(`${graph}-lr`), at(`${graph}-hr`)],
    ]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr).toContain(`error[run/wrong-size]: ${message}`);
      expect(stderr).toContain(
        "resize or crop the picture to that size, or get a graph for any size: compile it without --height and --width, or export it with dynamic sizes",
      );
      expect(stderr).not.toContain("ONNX Runtime");
    }
  });

  it("says of how many pictures it is", async () => {
    const { code, stderr } = await run("run", at("two.onnx"), PICTURE, "-o", at("o.png"));
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the graph takes 2 pictures at a time, but smxc runs one at a time"),
    ]);
  });

  it("says so to the library's users in the library's words", async () => {
    const loaded = await load(at("f.onnx"));
    const picture = await readImage(PICTURE, () => {});
    await expect(loaded.restore(picture)).rejects.toMatchObject({
      diagnostics: [{ code: "run/wrong-size", hint: expect.stringContaining("without height and width") }],
    });
    await loaded.release();
  });

  it("is refused by verify and bench at another, with what it takes", async () => {
    for (const argv of [
      ["verify", at("m.json"), at("f.onnx"), "--shape", "1x3x20x20"],
      ["bench", at("f.onnx"), "--shape", "1x3x20x20"],
    ]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(2);
      expect(stderr).toMatch(/the shape 1x3x48x48; the shape 1x3x20x20 does not fit it/);
    }
    const picture = await run("verify", at("m.json"), at("f.onnx"), "--image", PICTURE);
    expect([picture.code, picture.stderr]).toEqual([
      2,
      expect.stringContaining("has the shape 1x3x48x48; the shape 1x3x29x37 does not fit it"),
    ]);
    expect(picture.stderr).toContain(PICTURE);
  });
});

describe("a size that the network does not take", () => {
  it.each([[["--shape", "1x3x7x8"]], [["--image", PICTURE]]])(
    "is told by verify %j with the layer and its rule",
    async (flags) => {
      const { code, stderr } = await run("verify", at("even.json"), at("even.onnx"), ...flags);
      expect(code).toBe(2);
      expect(stderr).toMatch(/the network does not take x 1x3x(7x8|29x37): layer "halves": \d+ is not a multiple of 2/);
    },
  );

  it("is told by bench and run with the size that was given", async () => {
    for (const argv of [
      ["bench", at("even.onnx"), "--shape", "1x3x7x8"],
      ["run", at("even.onnx"), PICTURE, "-o", at("o.png")],
    ]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /ONNX Runtime cannot run the graph: [\s\S]*try another size, .* this run used x 1x3x(7x8|29x37)/,
      );
    }
  });

  it("is told by bench where memory does not hold it", async () => {
    const { code, stderr } = await run("bench", at("even.onnx"), "--shape", "1x3x100000x100000");
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[bench/too-large]")]);
  });

  it("does not keep a network that takes no small pictures from being compared", async () => {
    const { code, stderr } = await run("compile", at("large.json"), "-o", at("large.onnx"));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/compared with the reference on the CPU provider \(x 1x3x48x40/),
    ]);
  });
});
