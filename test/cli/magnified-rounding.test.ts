/** Networks that magnify rounding are compiled without Winograd; what is no rounding is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { orWithoutWinograd } from "../../cli/commands/compile/magnified-rounding.js";
import { COMMANDS } from "../../cli/commands/index.js";
import type { Context } from "../../cli/flags/command.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import type { LoweringOptions } from "../../src/compile-options.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import { CompiledDiffers } from "../../src/verify/errors.js";
import type { OutputResult } from "../../src/verify/output-result.js";
import { MOST_MAGNIFIED } from "../../src/verify/tolerances.js";
import { temporaryFolder } from "../support/cli.js";
import { encoded } from "../support/sessions.js";
import { runCaptured } from "./capture.js";

const result = (excess: number): OutputResult => ({
  problem: "x 1x3x8x8",
  output: "y",
  shape: [1, 3, 8, 8],
  maxError: excess,
  index: 0,
  rmse: 0,
  limit: 1,
  magnitude: 1,
  notFinite: { expected: 0, actual: Number.isFinite(excess) ? 0 : 1 },
  passed: false,
});

describe("a compile that differs from its source", () => {
  const attempt = async (asked: LoweringOptions, excess: number) => {
    const report = vi.fn();
    const tried: LoweringOptions[] = [];
    const work = async (options: LoweringOptions): Promise<string> => {
      tried.push(options);
      if (tried.length === 1) throw new CompiledDiffers([result(excess)]);
      return "done";
    };
    const context = { report } as unknown as Context;
    const answer = await orWithoutWinograd(context, asked, work).catch((cause: unknown) => cause);
    return { answer, tried, told: report.mock.calls.map(([{ code }]) => code) };
  };

  it("by rounding is made anew without Winograd, which is said", async () => {
    const { answer, tried, told } = await attempt({ target: "cpu" }, 3);
    expect([answer, told]).toEqual(["done", ["compile/without-winograd"]]);
    expect(tried).toEqual([{ target: "cpu" }, { target: "cpu", winograd: false }]);
  });

  it.each([
    ["by more than rounding", {}, 2 * MOST_MAGNIFIED],
    ["by values that are not finite", {}, Number.NaN],
    ["in a form that was asked for", { lowering: "winograd-f4x4" }, 3],
    ["without Winograd", { winograd: false }, 3],
  ] as const)("%s is refused", async (_, asked, excess) => {
    const { answer, tried, told } = await attempt(asked, excess);
    expect(answer).toBeInstanceOf(CompiledDiffers);
    expect([tried.length, told]).toEqual([1, []]);
  });
});

describe("a network whose result is a small difference of large values", () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  const CHANNELS = 64;

  beforeAll(async () => {
    const next = randomNumbers(5);
    const random = Float32Array.from({ length: CHANNELS * CHANNELS * 9 }, () => next() - 0.5);
    // All filters are nearly the same.
    const row = CHANNELS * 9;
    const kernel = random.map((value, i) => random[i % row]! + 0.01 * value);
    const difference = Float32Array.from({ length: CHANNELS * CHANNELS }, (_, i) =>
      i % CHANNELS === 0 ? 1 : i % CHANNELS === 1 ? -1 : 0,
    );
    const weights = (name: string, shape: readonly number[], values: Float32Array) =>
      build.floatTensor(name, "FLOAT", { shape, read: async () => values });
    const picture = (name: string) => build.valueInfo(name, "FLOAT", ["N", CHANNELS, "H", "W"]);
    const graph = build.graph({
      name: "difference",
      node: [
        build.node("Conv", ["x", "w"], ["a"], { attribute: [build.attribute("pads", { ints: [1, 1, 1, 1] })] }),
        build.node("Conv", ["a", "d"], ["y"]),
      ],
      initializer: [
        weights("w", [CHANNELS, CHANNELS, 3, 3], kernel),
        weights("d", [CHANNELS, CHANNELS, 1, 1], difference),
      ],
      input: [picture("x")],
      output: [picture("y")],
    });
    const model = build.model({ ir_version: 8, opset_import: [build.opset(17)], graph });
    writeFileSync(folder.at("difference.onnx"), await encoded(model));
  });

  it("is compiled all the same, and its user is told", async () => {
    const [source, output] = [folder.at("difference.onnx"), folder.at("out.onnx")];
    const { code, stderr } = await runCaptured(["compile", source, "-o", output, "--target", "wasm"], COMMANDS);
    expect(stderr).toContain("compile/without-winograd");
    expect(code).toBe(0);
    const { message } = await decodeGraph(bytesSource("out.onnx", readFileSync(output)));
    expect(message.graph.node.map(({ op_type }) => op_type)).toEqual(["Conv", "Conv"]);
  });
});
