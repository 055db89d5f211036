/** What verify says that it compared, and whether the graph is of the document's weights. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { showValues } from "../../src/onnx/show-values.js";
import { scale, writeChangedNetwork } from "../support/changed-network.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at, path } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const PICTURE = fixture("images", "patch.png");
const SMALL = ["--shape", "1x3x8x9"];

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
  await run("compile", at("m.json"), "-o", at("m.onnx"), "--no-verify");
});
afterAll(folder.remove);

describe("what a graph is compared with", () => {
  it.each([
    [[], "the document as it is", { routing: "document", fold: null, context: "whole", dtype: "float32" }],
    [["--routing", "hard"], "the document with --routing hard", { routing: "hard" }],
    [
      ["--routing", "fold", "--image", PICTURE],
      "the document folded with the β of the graph",
      { routing: "document", fold: { layers: [] } },
    ],
    [
      ["--routing", "fold", "--image", PICTURE, "--fold-layers", "body.1.*"],
      "the document folded with the β of the graph (layers body.1.*)",
      { fold: { layers: ["body.1.*"] } },
    ],
    [["--dtype", "float16"], "the document as it is, within the rounding of float16", { dtype: "float16" }],
  ])("after compile %j is said", async (flags, text, json) => {
    const compiled = await run("compile", at("m.json"), "-o", at("c.onnx"), "--no-verify", ...flags);
    expect([compiled.code, compiled.stderr]).toEqual([0, ""]);
    const { code, stdout } = await run("verify", at("m.json"), at("c.onnx"), ...SMALL);
    expect(code).toBe(0);
    expect(stdout).toMatch(/good: .*c\.onnx on cpu, compared with /);
    expect(stdout.trimEnd().endsWith(`compared with ${text}`)).toBe(true);
    const answer = JSON.parse((await run("verify", at("m.json"), at("c.onnx"), ...SMALL, "--json")).stdout);
    expect(answer).toMatchObject({ passed: true, comparedWith: { text, ...json }, weights: { verdict: "same" } });
  });

  it("with --context patch is said", async () => {
    await run("compile", at("m.json"), "-o", at("p.onnx"), "--no-verify", "--context", "patch");
    const { code, stdout } = await run("verify", at("m.json"), at("p.onnx"), ...SMALL);
    expect([code, stdout]).toEqual([0, expect.stringContaining("compared with the document with --context patch")]);
  });

  it("outputs that the document does not have are listed, not passed over", async () => {
    writeFileSync(at("shown.onnx"), Buffer.concat([readFileSync(at("m.onnx")), showValues(["body.0"])]));
    const { code, stdout } = await run("verify", at("m.json"), at("shown.onnx"), ...SMALL);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("not compared, because the document does not have these outputs: body.0"),
    ]);
  });
});

describe("a graph of another checkpoint", () => {
  it("is told by its hash, with the first layer, and fails however little is asked for", async () => {
    await writeChangedNetwork(path, "other", scale("body.2.body.0.weight_g", 1.001));
    const { code, stdout, stderr } = await run("verify", at("other.json"), at("m.onnx"), ...SMALL, "--min-psnr", "10");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /error\[verify\/other-weights\]: the graph was compiled from other weights \(sha256 [0-9a-f]{12}…\) than the document's \(sha256 [0-9a-f]{12}…\), although its outputs are within the tolerance/,
    );
    expect(stderr).toContain("(layer body.2.body.0)");
  });

  it("is told beside the figures where they differ too, in float16 as well", async () => {
    await writeChangedNetwork(path, "far", scale("body.2.body.0.weight_g", 2));
    await run("compile", at("m.json"), "-o", at("half.onnx"), "--dtype", "float16", "--no-verify");
    for (const graph of ["m.onnx", "half.onnx"]) {
      const { code, stdout } = await run("verify", at("far.json"), at(graph), ...SMALL, "--json");
      expect(code).toBe(1);
      expect(JSON.parse(stdout).errors).toMatchObject([
        { code: "verify/other-weights", place: "layer body.2.body.0" },
        { code: "verify/differs", place: expect.stringContaining("layer body.2.body.0 (its tensor ") },
      ]);
    }
  });

  it("whose values are the same, from another file, is good, and that is said", async () => {
    const weights = readFileSync(at("m.weights.safetensors"));
    const length = Number(weights.readBigUInt64LE(0));
    const header = { ...JSON.parse(weights.toString("utf8", 8, 8 + length)), __metadata__: { note: "saved again" } };
    const text = JSON.stringify(header);
    const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(padded.length));
    writeFileSync(at("again.safetensors"), Buffer.concat([size, padded, weights.subarray(8 + length)]));
    const sha256 = await bytesSource("w", Uint8Array.from(readFileSync(at("again.safetensors")))).sha256();
    const document = JSON.parse(readFileSync(at("m.json"), "utf8"));
    writeFileSync(at("again.json"), JSON.stringify({ ...document, weights: { file: "again.safetensors", sha256 } }));
    const { code, stdout } = await run("verify", at("again.json"), at("m.onnx"), ...SMALL);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("the graph was compiled from another file that holds the same weights"),
    ]);
  });
});
