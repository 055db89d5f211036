/** NaN, infinities and overflow: no command makes a figure of them, and the checks fail. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { all, put, scale, writeChangedNetwork } from "../support/changed-network.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at, path } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const PICTURE = fixture("images", "patch.png");
/** Figures that were once printed of NaN. */
const FIGURES = /6466|NaN dB|Infinity dB|\bgood\b/;

beforeAll(async () => {
  await writeChangedNetwork(path, "nan", put("body.0.bias", Number.NaN));
  await writeChangedNetwork(path, "inf", put("body.3.bias", Number.POSITIVE_INFINITY));
  await writeChangedNetwork(path, "relu", put("body.1.body.0.bias", Number.NEGATIVE_INFINITY));
  await writeChangedNetwork(path, "over", all(scale("body.0.weight_g", 1e20), scale("body.3.weight_g", 1e30)));
  await writeChangedNetwork(path, "many", (name, values) =>
    name.endsWith("bias") ? [Number.NaN, ...values.slice(1)] : undefined,
  );
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("sound.json"));
});
afterAll(folder.remove);

describe.each([
  ["nan", "body.0"],
  ["inf", "body.3"],
  ["relu", "body.1.body.0"],
  ["over", "body.3"],
])("a network whose values are not finite (%s)", (name, layer) => {
  const document = at(`${name}.json`);
  const graph = at(`${name}.onnx`);

  it("does not compile: the layer is named, and nothing written", async () => {
    const { code, stdout, stderr } = await run("compile", document, "-o", graph);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/error\[verify\/(weights-)?not-finite\]/);
    expect(stderr).toContain(`layer ${layer}`);
    expect(stderr).not.toMatch(FIGURES);
    expect(existsSync(graph)).toBe(false);
  });

  it("compiles with --no-verify, with a warning where its weights say it", async () => {
    const { code, stderr } = await run("compile", document, "-o", graph, "--no-verify");
    expect(code).toBe(0);
    if (name === "over") expect(stderr).toBe("");
    else expect(stderr).toMatch(/warning\[verify\/weights-not-finite\]: the tensor "body/);
    expect(existsSync(graph)).toBe(true);
  });

  it.each([[[]], [["--min-psnr", "1"]], [["--image", PICTURE]]])("does not verify, with %j", async (flags) => {
    const { code, stdout, stderr } = await run("verify", document, graph, ...flags);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(layer);
    expect(stderr).not.toMatch(FIGURES);
    const json = await run("verify", document, graph, ...flags, "--json");
    expect(JSON.parse(json.stdout).errors[0].code).toMatch(/^verify\/(weights-)?not-finite$/);
  });
});

it("a graph of NaN does not verify against a sound document", async () => {
  const { code, stderr } = await run("verify", at("sound.json"), at("nan.onnx"), "--min-psnr", "1");
  expect(code).toBe(1);
  expect(stderr).toContain("holds values that are NaN or infinite, in the graph");
  expect(stderr).toContain("the first layer whose values are not finite is body.0");
});

it("tensors are named up to five, and counted", async () => {
  const { stderr } = await run("compile", at("many.json"), "-o", at("many.onnx"));
  expect(stderr).toMatch(/the tensor "body\.0\.bias" holds a value that is NaN/);
  expect(stderr).toMatch(/4 more like it: ("body[^"]+", ){3}"body[^"]+"$/m);
  expect(stderr).toMatch(/\d+ more tensors hold values that are NaN/);
});

it("routes, fold and eval refuse, and run does", async () => {
  expect(await run("routes", at("nan.json"), "--image", PICTURE, "--context", "whole", "--json")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"routes/not-finite"'),
  });
  const fold = ["--routing", "fold", "--image", PICTURE, "--no-verify", "--json"];
  expect(await run("compile", at("nan.json"), "-o", at("f.onnx"), ...fold)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"fold/beta-not-finite"'),
  });
  mkdirSync(at("lr"));
  mkdirSync(at("hr"));
  copyFileSync(fixture("photographs", "x2", "astronaut.png"), at("lr/a.png"));
  copyFileSync(fixture("photographs", "hr", "astronaut.png"), at("hr/a.png"));
  for (const name of ["nan.onnx", "inf.onnx"]) {
    for (const argv of [
      ["eval", at(name), "--pairs", at("lr"), at("hr")],
      ["run", at(name), PICTURE, "-o", at("o.png")],
    ]) {
      const { code, stdout, stderr } = await run(...argv);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("error[image/not-finite]");
    }
  }
  expect(existsSync(at("o.png"))).toBe(false);
});

it("what folding costs is not told where results are NaN", async () => {
  const fold = ["--routing", "fold", "--image", PICTURE, "--no-verify"];
  const text = await run("compile", at("inf.json"), "-o", at("f.onnx"), ...fold);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/patch\.png +NaN or infinite values/);
  const { stdout } = await run("compile", at("inf.json"), "-o", at("f.onnx"), ...fold, "--json");
  expect(JSON.parse(stdout).fold.images).toEqual([
    { image: PICTURE, psnr: null, picturePsnr: null, maxError: null, reason: "NaN or infinite values" },
  ]);
});

it("bench says of which graphs the outputs are not finite", async () => {
  await run("compile", at("sound.json"), "-o", at("sound.onnx"), "--no-verify");
  const { code, stdout, stderr } = await run("bench", at("sound.onnx"), at("nan.onnx"), "--runs", "1", "--json");
  expect(code).toBe(0);
  expect(stderr).toMatch(/warning\[bench\/not-finite\][\s\S]*nan\.onnx/);
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly notFinite: readonly string[] }[] };
  expect(runs.map(({ notFinite }) => notFinite)).toEqual([[], ["y"]]);
});

describe("equal values", () => {
  it("are told as equal by compile, and null with the reason in JSON", async () => {
    writeFileSync(
      at("relu.doc.json"),
      `{"version":1,"name":"r","image":{"range":[0,1],"color":"rgb","scale":1},"inputs":[{"name":"x","shape":["N",3,"H","W"]}],
        "layers":[{"name":"y","op":"relu","in":"x"}],"outputs":["y"]}`,
    );
    const { stdout, stderr } = await run("compile", at("relu.doc.json"), "-o", at("r.onnx"), "--json");
    expect(stderr).toContain("all values equal");
    expect(JSON.parse(stdout).compared).toMatchObject([{ provider: "cpu", psnr: null, psnrReason: "equal" }]);
    expect((await run("verify", at("relu.doc.json"), at("r.onnx"))).stdout).toMatch(/ equal +good\n/);
    const verified = await run("verify", at("relu.doc.json"), at("r.onnx"), "--json");
    expect(JSON.parse(verified.stdout).results[0]).toMatchObject({ psnr: null, psnrReason: "equal", passed: true });
  });

  it("of one picture are left out of eval's mean, which says so", async () => {
    mkdirSync(at("in"));
    mkdirSync(at("truth"));
    for (const name of ["a", "b"]) copyFileSync(fixture("photographs", "hr", "coffee-crop.png"), at(`in/${name}.png`));
    copyFileSync(at("in/a.png"), at("truth/a.png"));
    await sharp(at("in/b.png")).linear(0.9, 3).toFile(at("truth/b.png"));
    const pairs = ["--pairs", at("in"), at("truth")];
    const { stdout } = await run("eval", at("r.onnx"), ...pairs);
    expect(stdout).toMatch(/^a +equal +1\.0000 +equal/m);
    expect(stdout).toContain("the mean of PSNR leaves out 1 of 2 pictures: equal to the true picture");
    const { images, mean } = JSON.parse((await run("eval", at("r.onnx"), ...pairs, "--json")).stdout);
    expect(images[0]).toMatchObject({ psnr: null, psnrReason: "equal", baseline: { psnr: null, psnrReason: "equal" } });
    expect(mean).toMatchObject({ psnr: images[1].psnr, psnrPictures: 1, ssimPictures: 2 });
  });
});
