/** Pictures through ONNX graphs that smxc did not make. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { graphMetadata } from "../../src/metadata.js";
import * as build from "../../src/onnx/graph/build.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { affine, bytesOf, type PictureGraph } from "../support/picture-graphs.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const exported = (name: string) => fixture("onnx-exports", ...name.split("/"));

const SAMPLES = [10, 100, 200, 60, 0, 255];

async function samplesOf(path: string): Promise<readonly number[]> {
  return [...(await sharp(path).raw().toBuffer())];
}

async function graph(name: string, content: PictureGraph): Promise<string> {
  writeFileSync(at(name), await bytesOf(content));
  return at(name);
}

/** 72 × 56 pixels, which no tile of the tests divides. */
const LARGE = "large.png";

beforeAll(async () => {
  await sharp(Buffer.from(SAMPLES), { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toFile(at("two.png"));
  await sharp(fixture("images", "patch.png")).resize(72, 56, { fit: "fill" }).toFile(at(LARGE));
});
afterAll(folder.remove);

describe("what a graph takes", () => {
  it.each([
    ["0..1", [0.5], (sample: number) => sample * 0.5],
    ["0..255", [1], (sample: number) => Math.min(255, sample + 10), [10]],
    ["-1..1", [-1], (sample: number) => 255 - sample],
    ["1..0", [0.5], (sample: number) => 255 - (255 - sample) * 0.5],
  ] as const)("is told by --range %s", async (range, scale, expected, shift: readonly number[] = [0]) => {
    const file = await graph(`range${range}.onnx`, affine(scale, shift));
    const { code, stderr } = await run("run", file, at("two.png"), "-o", at("out.png"), "--range", range);
    expect([code, stderr]).toEqual([0, ""]);
    expect(await samplesOf(at("out.png"))).toEqual(SAMPLES.map((sample) => Math.floor(expected(sample) + 0.5)));
  });

  it("is 0 to 1 and rgb where nothing is said, and a note says so", async () => {
    const file = await graph("plain.onnx", affine([1, 0, 0], [0]));
    const { code, stderr } = await run("run", file, at("two.png"), "-o", at("out.png"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("assumed: rgb with values from 0 to 1")]);
    expect(await samplesOf(at("out.png"))).toEqual([10, 0, 0, 60, 0, 0]);
  });

  it("may be blue, green and red", async () => {
    const file = await graph("bgr.onnx", affine([1, 0, 0], [0]));
    await run("run", file, at("two.png"), "-o", at("out.png"), "--color", "bgr");
    expect(await samplesOf(at("out.png"))).toEqual([0, 0, 200, 0, 0, 255]);
  });

  it("may be each channel by itself, for a network of one", async () => {
    const file = await graph("grey.onnx", { channels: 1, ...affine([-1], [1]) });
    for (const flags of [[], ["--color", "grey"]]) {
      await run("run", file, at("two.png"), "-o", at("out.png"), ...flags);
      expect(await samplesOf(at("out.png"))).toEqual(SAMPLES.map((sample) => 255 - sample));
    }
  });

  it("may be luma, beside which the chroma stays", async () => {
    const file = await graph("y.onnx", { channels: 1, ...affine([1], [0]) });
    await run("run", file, at("two.png"), "-o", at("out.png"), "--color", "y");
    const kept = await samplesOf(at("out.png"));
    for (const [index, sample] of SAMPLES.entries()) expect(Math.abs(kept[index]! - sample)).toBeLessThanOrEqual(1);
    // Luma of 16 is black.
    const dark = await graph("dark.onnx", { channels: 1, ...affine([0], [16 / 255]) });
    await sharp(Buffer.from([50, 50, 50, 200, 200, 200]), { raw: { width: 2, height: 1, channels: 3 } })
      .png()
      .toFile(at("neutral.png"));
    await run("run", dark, at("neutral.png"), "-o", at("out.png"), "--color", "y");
    expect(await samplesOf(at("out.png"))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("is written into the metadata, which flags overrule with a warning", async () => {
    const image = { range: [0, 255] as [number, number], color: "bgr" as const, scale: 1 };
    const metadata = graphMetadata({ name: "said", image }, {}, []);
    const file = await graph("said.onnx", { ...affine([1, 0, 0], [10, 10, 10]), metadata });
    const plain = await run("run", file, at("two.png"), "-o", at("out.png"));
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    expect(await samplesOf(at("out.png"))).toEqual([10, 10, 210, 10, 10, 255]);
    const told = await run("run", file, at("two.png"), "-o", at("out.png"), "--color", "rgb", "--range", "0..255");
    expect(told.code).toBe(0);
    expect(told.stderr).toContain(
      "warning[run/other-format]: using the color rgb as requested, although the graph says bgr",
    );
    expect(told.stderr).not.toContain("the range");
    expect(await samplesOf(at("out.png"))).toEqual([20, 10, 10, 70, 10, 10]);
    const grey = await run("run", file, at("two.png"), "-o", at("out.png"), "--color", "grey");
    expect(grey).toMatchObject({ code: 1, stderr: expect.stringContaining("error[run/wrong-color]") });
  });

  it("keeps opacity and depth as any network does", async () => {
    const rgba = Buffer.from(new Uint16Array([1000, 2000, 3000, 65535, 60000, 0, 7, 30000]).buffer);
    await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .toColourspace("rgb16")
      .png()
      .toFile(at("deep.png"));
    const file = await graph("same.onnx", affine([1], [0]));
    await run("run", file, at("deep.png"), "-o", at("out.png"));
    expect(await sharp(at("out.png")).metadata()).toMatchObject({ depth: "ushort", channels: 4 });
    expect(await samplesOf(at("out.png"))).toEqual(await samplesOf(at("deep.png")));
  });
});

describe("the scale", () => {
  const enlarged = (scales: readonly number[]): Pick<PictureGraph, "nodes" | "constants"> => ({
    nodes: [build.node("Resize", ["x", "", "scales"], ["y"], {})],
    constants: [build.floatTensor("scales", "FLOAT", { shape: [4], read: async () => Float32Array.from(scales) })],
  });

  it.each([[["N", 3, "h", "w"]], [undefined]])("is found where the output is declared as %j", async (output) => {
    const file = await graph("twice.onnx", { ...enlarged([1, 1, 2, 2]), output });
    const { code } = await run("run", file, at("two.png"), "-o", at("out.png"));
    expect([code, await sharp(at("out.png")).metadata()]).toEqual([
      0,
      expect.objectContaining({ width: 4, height: 2 }),
    ]);
  });

  it("is found by a run where shapes do not tell", async () => {
    // Of a domain that inference does not know: scales that are computed of the values.
    const nodes = [
      build.node("ReduceMax", ["x"], ["largest"], { attribute: [build.attribute("keepdims", { i: 0 })] }),
      build.node("Mul", ["largest", "none"], ["nothing"], {}),
      build.node("Add", ["base", "nothing"], ["scales"], {}),
      build.node("Resize", ["x", "", "scales"], ["y"], {}),
    ];
    const values = (name: string, ...numbers: readonly number[]) =>
      build.floatTensor(name, "FLOAT", { shape: [numbers.length], read: async () => Float32Array.from(numbers) });
    const constants = [values("none", 0), values("base", 1, 1, 3, 3)];
    const file = await graph("computed.onnx", { nodes, constants });
    const { code, stderr } = await run("run", file, at("two.png"), "-o", at("out.png"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("3 times as large")]);
    expect(await sharp(at("out.png")).metadata()).toMatchObject({ width: 6, height: 3 });
    const told = await run("run", file, at("two.png"), "-o", at("out.png"), "--scale", "2");
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining("error[run/wrong-scale]") });
  });

  it("is refused where it is not the graph's", async () => {
    const file = await graph("thrice.onnx", enlarged([1, 1, 3, 3]));
    const { code, stderr } = await run("run", file, at("two.png"), "-o", at("none.png"), "--scale", "2");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the scale 2 contradicts the graph, whose shapes say 3"),
    ]);
  });

  it("must be a whole number", async () => {
    const half = await graph("half.onnx", enlarged([1, 1, 0.5, 0.5]));
    const cropped = await graph("cropped.onnx", {
      nodes: [build.node("MaxPool", ["x"], ["y"], { attribute: [build.attribute("kernel_shape", { ints: [3, 3] })] })],
    });
    for (const [file, sizes] of [
      [half, "for a picture of 128 × 64 pixels the graph returns 64 × 32"],
      [cropped, "for a picture of 128 × 64 pixels the graph returns 126 × 62"],
    ] as const) {
      const { code, stderr } = await run("run", file, at("two.png"), "-o", at("none.png"));
      expect([code, stderr]).toEqual([1, expect.stringContaining(sizes)]);
    }
    expect(existsSync(at("none.png"))).toBe(false);
  });
});

describe("what is no network of pictures", () => {
  it.each<[string, PictureGraph, string]>([
    ["channels", { channels: 4, ...affine([1], [0]) }, 'input "x" is tensor(float)[N, 4, H, W], not a picture'],
    ["result", { ...affine([1], [0]), output: ["N", 10] }, 'output "y" is tensor(float)[N, 10], not a picture'],
    [
      "inputs",
      { ...affine([1], [0]), inputs: ["sigma", "mask"] },
      'the graph needs other inputs besides the picture "x", and their values are not known: sigma, mask',
    ],
    [
      "batch",
      { batch: 4, ...affine([1], [0]), output: undefined },
      "the graph takes 4 pictures at a time, but smxc runs one at a time",
    ],
    ["silence", { channels: "C", ...affine([1], [0]) }, "does not say how many channels its pictures have"],
  ])("is refused for its %s", async (name, content, message) => {
    const file = await graph(`no-${name}.onnx`, content);
    const { code, stdout, stderr } = await run("run", file, at("two.png"), "-o", at("none.png"));
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
  });

  it("may be told what its channels are", async () => {
    const file = await graph("open.onnx", { channels: "C", ...affine([0.5], [0]) });
    const { code } = await run("run", file, at("two.png"), "-o", at("out.png"), "--color", "rgb");
    expect([code, await samplesOf(at("out.png"))]).toEqual([0, SAMPLES.map((sample) => Math.round(sample / 2))]);
  });

  it("is a document, to which flags do not apply", async () => {
    await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
    const { code, stderr } = await run("run", at("m.json"), at("two.png"), "-o", at("none.png"), "--range", "0..255");
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[run/document-format]")]);
  });

  it.each(["1", "0..", "..", "0..0", "a..b", "0...1", "0..1..2"])("is not told by --range %s", async (range) => {
    const { code, stderr } = await run(
      "run",
      exported("dncnn/open.onnx"),
      at("two.png"),
      "-o",
      at("none.png"),
      "--range",
      range,
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("Expected the values of black and white")]);
  });

  it("is not told by another --color", async () => {
    const { code, stderr } = await run(
      "run",
      exported("dncnn/open.onnx"),
      at("two.png"),
      "-o",
      at("none.png"),
      "--color",
      "gbr",
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("Allowed choices are rgb, bgr, grey, y.")]);
  });
});

describe("exported networks", () => {
  it.each([
    ["compact/open.onnx", 4, "20"],
    ["dncnn/open.onnx", 1, "17"],
    ["espcn/open.onnx", 3, "30"],
    ["unet/open.onnx", 1, "9"],
  ])("%s gives the same in tiles", async (name, scale, side) => {
    const file = exported(name);
    const whole = await run("run", file, at(LARGE), "-o", at("whole.png"), "--tile", "off", "--json");
    const tiles = await run("run", file, at(LARGE), "-o", at("tiles.png"), "--tile", side, "--json");
    expect([whole.code, tiles.code]).toEqual([0, 0]);
    expect(JSON.parse(whole.stdout)).toMatchObject({
      width: 72 * scale,
      height: 56 * scale,
      context: "whole",
      parts: 1,
    });
    expect(JSON.parse(tiles.stdout)).toMatchObject({ context: "whole", side: Number(side), trainedContext: null });
    expect(JSON.parse(tiles.stdout).parts).toBeGreaterThan(4);
    // A value between two samples may fall to either side.
    const [a, b] = [await samplesOf(at("whole.png")), await samplesOf(at("tiles.png"))];
    expect(a.every((sample, index) => Math.abs(sample - b[index]!) <= 1)).toBe(true);
    expect(a.filter((sample, index) => sample !== b[index]).length).toBeLessThan(a.length / 1000);
  });

  it("that pools over the picture runs whole, and refuses tiles with the node and the reason", async () => {
    const file = exported("rcan/open.onnx");
    const whole = await run("run", file, at(LARGE), "-o", at("out.png"), "--range", "0..255");
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining("(context: whole picture)") });
    const tiles = await run("run", file, at(LARGE), "-o", at("none.png"), "--range", "0..255", "--tile", "16");
    expect(tiles.code).toBe(1);
    expect(tiles.stderr).toContain(
      'the graph cannot run in tiles: "node_mean" (ReduceMean): it needs the whole picture',
    );
  });

  it("of one size takes other pictures in tiles of that size", async () => {
    const open = await run("run", exported("espcn/open.onnx"), at(LARGE), "-o", at("whole.png"), "--color", "y");
    const one = await run("run", exported("espcn/static.onnx"), at(LARGE), "-o", at("tiles.png"), "--color", "y");
    expect([open.code, one.code]).toEqual([0, 0]);
    expect(one.stdout).toContain("tiles of the graph's fixed size, equal to the whole picture");
    expect(await samplesOf(at("tiles.png"))).toEqual(await samplesOf(at("whole.png")));
  });

  it.each([
    [["--tile", "off"], "run/wrong-size"],
    [["--tile", "40"], "run/fixed-tile"],
  ])("of one size refuses %j with the sizes", async (flags, code) => {
    const ended = await run("run", exported("espcn/static.onnx"), at(LARGE), "-o", at("none.png"), ...flags);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(`error[${code}]`) });
    expect(ended.stderr).toContain("12 × 16");
  });

  it("of one size refuses smaller pictures", async () => {
    const { code, stderr } = await run("run", exported("espcn/static.onnx"), at("two.png"), "-o", at("none.png"));
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the graph takes only pictures of 12 × 16 pixels (width × height); this one has 2 × 1"),
    ]);
  });

  it("are measured by eval as they are run", async () => {
    for (const name of ["lr", "hr"]) mkdirSync(at(name));
    copyFileSync(at(LARGE), at("lr/a.png"));
    const file = exported("espcn/open.onnx");
    await run("run", file, at(LARGE), "-o", at("hr/a.png"), "--color", "y");
    const { code, stdout } = await run("eval", file, "--pairs", at("lr"), at("hr"), "--color", "y", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).images).toMatchObject([{ image: "a", psnr: null, psnrReason: "equal" }]);
    const tiled = await run("eval", file, "--pairs", at("lr"), at("hr"), "--color", "y", "--tile", "20");
    expect(tiled).toMatchObject({ code: 0, stdout: expect.stringContaining("tiles of 20x20") });
  });
});
