/** The program, from a checkpoint to a picture: what it answers, what it writes, and that it does so again. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, openFixture } from "../support/fixtures.js";
import { type Captured, smxc, succeed } from "./capture.js";

const CHECKPOINT = fixture("oracle", "nsr-x2", "checkpoint.pt");
const PICTURE = fixture("photographs", "x2", "chelsea.png");
const folder = temporaryFolder();
const sha256 = (file: string) =>
  createHash("sha256")
    .update(readFileSync(folder.at(file)))
    .digest("hex");
const json = ({ stdout }: Captured) => JSON.parse(stdout) as Record<string, unknown>;

let imported: Captured;
let compiled: Captured;

beforeAll(async () => {
  imported = await succeed(["import", CHECKPOINT, "-o", "model.json", "--json"], folder.path);
  compiled = await succeed(["compile", "model.json", "-o", "model.onnx", "--json"], folder.path);
});
afterAll(folder.remove);

describe("the answers under --json", () => {
  it("of import: what it made of the checkpoint", () => {
    expect(json(imported)).toEqual({
      schemaVersion: 1,
      name: "checkpoint",
      arch: "nsr",
      layers: 19,
      parameters: 11932,
      // And the gains of weight_norm, one for each row of a kernel.
      checkpointParameters: 12092,
      document: "model.json",
      weights: {
        file: "model.weights.safetensors",
        bytes: readFileSync(folder.at("model.weights.safetensors")).length,
        sha256: sha256("model.weights.safetensors"),
      },
    });
    const document = JSON.parse(readFileSync(folder.at("model.json"), "utf8"));
    expect(document.weights).toEqual({
      file: "model.weights.safetensors",
      sha256: sha256("model.weights.safetensors"),
    });
    expect(document.layers).toHaveLength(19);
  });

  it("of compile: the files with their hashes; the comparison with the reference is told beside it", () => {
    expect(json(compiled)).toMatchObject({
      schemaVersion: 1,
      name: "checkpoint",
      opset: 17,
      files: [{ path: "model.onnx", sha256: sha256("model.onnx") }],
    });
    expect(compiled.stderr).toMatch(/compared with the reference on the CPU provider .*2x3x24x20.*largest difference/);
  });

  it("of verify: every problem and output, with error and limit", async () => {
    const { schemaVersion, passed, target, results } = json(
      await succeed(["verify", "model.json", "model.onnx", "--json"], folder.path),
    ) as {
      schemaVersion: number;
      passed: boolean;
      target: string;
      results: { output: string; shape: number[]; maxError: number; limit: number; passed: boolean }[];
    };
    expect({ schemaVersion, passed, target }).toEqual({ schemaVersion: 1, passed: true, target: "cpu" });
    expect(results.length).toBeGreaterThanOrEqual(3);
    for (const result of results) expect(result.maxError).toBeLessThanOrEqual(result.limit);
    expect(new Set(results.map(({ shape }) => shape[0])).size, "several batches").toBeGreaterThan(1);
  });

  it("of inspect: layers, shapes, parameters and work", async () => {
    const summary = json(await succeed(["inspect", "model.json", "--json", "--shape", "2x3x10x20"], folder.path)) as {
      schemaVersion: number;
      parameters: number;
      layers: { name: string; op: string; shape: (number | string)[]; parameters: number; macs: number }[];
    };
    const { tensors } = await openFixture("oracle", "nsr-x2", "checkpoint.pt");
    const trained = [...tensors.values()].filter(({ name }) => !name.endsWith("weight_g"));
    const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
    expect(summary).toMatchObject({
      schemaVersion: 1,
      name: "checkpoint",
      inputs: [{ name: "x", shape: ["N", 3, "H", "W"] }],
      outputs: [{ name: "y", shape: ["N", 3, "2*H", "2*W"] }],
      measuredAt: [{ name: "x", shape: [2, 3, 10, 20] }],
      parameters: trained.reduce((sum, { shape }) => sum + size(shape), 0),
    });
    expect(summary.layers.find(({ name }) => name === "skip.0")).toEqual({
      name: "skip.0",
      op: "conv",
      shape: ["N", 12, "H", "W"],
      parameters: 12 * 3 * 25 + 12,
      macs: 2 * 10 * 20 * 12 * 3 * 25,
    });
  });

  it("of run: the picture's size, from a document and from a graph alike", async () => {
    const [fromGraph, fromDocument] = await Promise.all([
      succeed(["run", "model.onnx", PICTURE, "-o", "graph.png", "--json"], folder.path),
      succeed(["run", "model.json", PICTURE, "-o", "document.png", "--json"], folder.path),
    ]);
    expect(json(fromGraph)).toMatchObject({
      schemaVersion: 1,
      output: "graph.png",
      width: 450,
      height: 300,
      context: "whole",
    });
    expect(json(fromDocument)).toMatchObject({ output: "document.png", width: 450, height: 300 });
    // The two are compiled differently, so that a value between two samples may round either way.
    const [a, b] = await Promise.all(["graph.png", "document.png"].map((name) => readImage(folder.at(name), () => {})));
    expect(picturePsnr(a!, b!, { shave: 0, color: "rgb" })).toBeGreaterThan(70);
  });
});

describe("the same inputs give the same bytes", () => {
  it("of document, weights and graph, in another folder and from another format", async () => {
    const again = folder.at("again");
    mkdirSync(again);
    // The name of the file is an input too: that of the model.
    copyFileSync(CHECKPOINT, `${again}/checkpoint.pt`);
    await succeed(["import", "checkpoint.pt", "-o", "model.json", "--quiet"], again);
    await succeed(["compile", "model.json", "-o", "model.onnx", "--quiet", "--no-verify"], again);
    for (const file of ["model.json", "model.weights.safetensors", "model.onnx"])
      expect(sha256(`again/${file}`), file).toBe(sha256(file));
    copyFileSync(CHECKPOINT, `${again}/other name.pt`);
    await succeed(["import", "other name.pt", "-o", "model.json", "--quiet"], again);
    expect(JSON.parse(readFileSync(`${again}/model.json`, "utf8"))).toEqual({
      ...JSON.parse(readFileSync(folder.at("model.json"), "utf8")),
      name: "other-name",
    });
    await succeed(["import", fixture("oracle", "nsr-x2", "weights.safetensors"), "-o", "safe.json", "--quiet"], again);
    expect(sha256("again/safe.weights.safetensors")).toBe(sha256("model.weights.safetensors"));
  });

  it("of a graph with external data, and both files verify", async () => {
    const args = (name: string) => [
      "compile",
      "model.json",
      "-o",
      `${name}/model.onnx`,
      "--external-data",
      "--no-verify",
      "--quiet",
    ];
    for (const name of ["one", "two"]) {
      mkdirSync(folder.at(name));
      await succeed(args(name), folder.path);
      expect(readdirSync(folder.at(name)).sort()).toEqual(["model.onnx", "model.onnx.data"]);
    }
    for (const file of ["model.onnx", "model.onnx.data"]) expect(sha256(`one/${file}`)).toBe(sha256(`two/${file}`));
    await succeed(["verify", "model.json", "one/model.onnx"], folder.path);
  });
});

describe("the streams", () => {
  it("carry the answer on one and all else on the other", async () => {
    const plain = await succeed(["compile", "model.json", "-o", "stream.onnx"], folder.path);
    expect(plain.stdout).toMatch(/^wrote stream\.onnx \([0-9,]+ bytes\)\n$/);
    expect(plain.stderr).toMatch(/compared with the reference/);
  });

  it("with --quiet: the answer only", async () => {
    const { stdout, stderr } = await succeed(["compile", "model.json", "-o", "quiet.onnx", "--quiet"], folder.path);
    expect(stdout).toMatch(/^wrote /);
    expect(stderr).toBe("");
  });

  it("with --quiet, errors still", async () => {
    const { code, stdout, stderr } = await smxc(["compile", "absent.json", "-o", "x.onnx", "--quiet"], folder.path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/absent\.json/);
  });
});

describe("sizes and formats", () => {
  it.each([
    [["--batch", "2", "--height", "16", "--width", "12"], "2x3x16x12"],
    [["--batch", "1"], "1x3x24x20"],
    [["--opset", "21", "--expose-beta"], "2x3x24x20"],
    [["--target", "webgpu"], "2x3x24x20"],
    [["--lowering", "unfold"], "2x3x24x20"],
  ])("compile %j is compared at %s", async (flags, shape) => {
    const { stderr } = await succeed(["compile", "model.json", "-o", `f${flags.join("")}.onnx`, ...flags], folder.path);
    expect(stderr).toContain(shape);
  });

  it("a size that contradicts the document is refused", async () => {
    const document = JSON.parse(readFileSync(folder.at("model.json"), "utf8"));
    document.inputs[0].shape = [1, 3, 24, 20];
    writeFileSync(folder.at("fixed.json"), JSON.stringify(document));
    const { code, stdout } = await smxc(
      ["compile", "fixed.json", "-o", "fixed.onnx", "--batch", "2", "--json"],
      folder.path,
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout).errors).toMatchObject([
      { code: "document/fixed-size", file: "fixed.json", pointer: "/inputs/0/shape" },
    ]);
  });
});
