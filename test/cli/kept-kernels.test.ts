/** Computed kernels that are no mixtures: what commands say of them. */
import { writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import * as build from "../../src/onnx/graph/build.js";
import type { NodeProto } from "../../src/onnx/graph/records.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { encoded } from "../support/sessions.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);

const PADS = { pads: { ints: [1, 1, 1, 1] } };
const ints = (name: string, values: readonly number[]) => build.intTensor(name, [values.length], values);
const POOLED = [line("g = GlobalAveragePool x"), line("f = Flatten g")];
/** A mixture of four experts. */
const MIXED = [line("l = Gemm f wl"), line("s = Softmax l"), line("m = MatMul s bank"), line("k = Reshape m shape")];
/** A kernel whose every pair of output and input channel has a weight of its own. */
const OWN = [line("b = Gemm f wa"), line("a = Relu b"), line("t = Reshape a both"), line("k2 = Mul w t")];
/** The same of a linear layer: a mixture of as many experts as the layer has inputs. */
const LINEAR = [line("a = Gemm f wa"), line("t = Reshape a both"), line("k2 = Mul w t")];

async function write(file: string, nodes: readonly NodeProto[]): Promise<void> {
  const picture = (name: string) => build.valueInfo(name, "FLOAT", [1, 3, 16, 12]);
  const constants = [
    ...[weights("wl", [3, 4]), weights("bank", [4, 81]), ints("shape", [3, 3, 3, 3])],
    ...[weights("wa", [3, 9]), ints("both", [3, 3, 1, 1]), weights("w", [3, 3, 3, 3])],
  ].filter(({ name }) => nodes.some(({ input }) => input.includes(name!)));
  const graph = build.graph({
    name: "g",
    input: [picture("x")],
    node: [...nodes],
    output: [picture("y")],
    initializer: constants,
  });
  writeFileSync(at(file), await encoded(modelOf(graph)));
}

beforeAll(async () => {
  await sharp(fixture("images", "patch.png")).resize(12, 16, { fit: "fill" }).toFile(at("a.png"));
  await write("both.onnx", [...POOLED, ...MIXED, line("h = Conv x k", PADS), ...OWN, line("y = Conv h k2", PADS)]);
  await write("linear.onnx", [...POOLED, ...MIXED, line("h = Conv x k", PADS), ...LINEAR, line("y = Conv h k2", PADS)]);
  await write("own.onnx", [...POOLED, ...OWN, line("y = Conv x k2", PADS)]);
});

const REASON = "weighs output channels and input channels at once, but a factor of a mixture may weigh only one axis";

describe("a computed kernel that is no mixture", () => {
  it("is why nothing gains", async () => {
    const { code, stdout, stderr } = await run("compile", at("own.onnx"), "-o", at("out.onnx"));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(
      `nothing to make faster: the computed kernel of y could not be read as a mixture of experts: "a" ${REASON}`,
    );
  });

  it("is told in JSON", async () => {
    const { stdout } = await run("compile", at("both.onnx"), "-o", at("out.onnx"), "--json");
    expect(JSON.parse(stdout).kernels).toMatchObject([
      { node: "h", became: "mix_conv", experts: 4 },
      { node: "y", became: "kept", reason: `"a" ${REASON}` },
    ]);
  });

  it("is not looked at by routes, which says so", async () => {
    const { code, stdout, stderr } = await run("routes", at("both.onnx"), "--image", at("a.png"), "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).routers).toMatchObject([{ layer: "h", experts: 4 }]);
    expect(stderr).toContain(
      `left out: y, because its computed kernel could not be read as a mixture of experts: "a" ${REASON}`,
    );
  });

  it("stays as it is beside a hard choice, which says so", async () => {
    const { code, stdout, stderr } = await run("compile", at("both.onnx"), "-o", at("out.onnx"), "--routing", "hard");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("these routers now choose one expert: beta.h");
    expect(stdout).toContain(
      `unchanged: y, because its kernel could not be read as a mixture of experts: "a" ${REASON}`,
    );
  });

  it("is something else than a mixture whose experts no router weighs, which has no hard form", async () => {
    const { code, stderr } = await run("compile", at("linear.onnx"), "-o", at("none.onnx"), "--routing", "hard");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the convolution "y" cannot choose one expert: the weights of its experts do not come from a router that smxc recognises',
    );
    expect(stderr).not.toContain('the convolution "h"');
  });
});
