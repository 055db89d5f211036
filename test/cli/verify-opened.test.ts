/** `smxc verify` of graphs that take any batch, beside sources of one sample. */
import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import * as build from "../../src/onnx/graph/build.js";
import type { NodeProto, ValueInfoProto } from "../../src/onnx/graph/records.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { line, modelOf } from "../support/onnx-graphs.js";
import { encoded } from "../support/sessions.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);

async function write(
  file: string,
  batch: number | string,
  nodes: readonly NodeProto[],
  others: readonly ValueInfoProto[] = [],
): Promise<void> {
  const picture = (name: string) => build.valueInfo(name, "FLOAT", [batch, 3, 4, 5]);
  const input = [picture("x"), ...others];
  const graph = build.graph({ name: "g", input, node: [...nodes], output: [picture("y")] });
  writeFileSync(at(file), await encoded(modelOf(graph)));
}

describe("verify of an opened batch", () => {
  it("compares several samples together", async () => {
    const source = fixture("onnx-exports", "layer-einsum", "legacy.onnx");
    await run("compile", source, "-o", at("open.onnx"), "--no-verify");
    const { code, stdout, stderr } = await run("verify", source, at("open.onnx"));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("3 samples together");
  });

  it("joins outputs of which the source says no batch, as exports of open sizes do", async () => {
    const source = fixture("onnx-exports", "open-sizes", "legacy.onnx");
    const { code, stdout, stderr } = await run("compile", source, "-o", at("sizes.onnx"));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("the batch, which was 1, is dynamic: every node treats the samples separately");
    expect(stdout + stderr).toContain("3 samples together");
  });

  it("gives all samples one value of an input that has no batch, as compile does", async () => {
    const strength = [build.valueInfo("strength", "FLOAT", [])];
    await write("strong.onnx", 1, [line("y = Mul x strength")], strength);
    const compiled = await run("compile", at("strong.onnx"), "-o", at("strong.open.onnx"));
    expect([compiled.code, compiled.stderr]).toEqual([0, expect.stringContaining("3 samples together")]);
    const { code, stdout } = await run("verify", at("strong.onnx"), at("strong.open.onnx"));
    expect([code, stdout]).toEqual([0, expect.stringContaining("3 samples together")]);
  });

  it("fails where samples meet, though each alone is right", async () => {
    await write("one.onnx", 1, [line("y = Relu x")]);
    await write("mean.onnx", "N", [
      line("m = ReduceMean x", { axes: { ints: [0] } }),
      line("z = Sub x x"),
      line("s = Add m z"),
      line("y = Relu s"),
    ]);
    const { code, stderr } = await run("verify", at("one.onnx"), at("mean.onnx"));
    expect(code).toBe(1);
    expect(stderr).toContain("verify/differs");
    expect(stderr).toContain("3 samples together");
  });

  it("says why a graph of another routing differs", async () => {
    const source = fixture("onnx-exports", "layer-einsum", "legacy.onnx");
    await run("compile", source, "-o", at("hard.onnx"), "--no-verify", "--routing", "hard");
    const { code, stderr } = await run("verify", source, at("hard.onnx"));
    expect(code).toBe(1);
    expect(stderr).toContain("compiled with --routing hard, so it does not compute the same as the source");
  });
});
