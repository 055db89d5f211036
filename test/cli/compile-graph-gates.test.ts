/** `smxc compile` of an ONNX graph whose computed kernel has gates before and behind it: ODConv as PyTorch exports it. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { relativeError, runGraph } from "../support/sessions.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const LAYER = ["onnx-exports", "layer-odconv-1x1"] as const;
const compile = (...flags: readonly string[]) =>
  runCaptured(["compile", fixture(...LAYER, "static.onnx"), "-o", at("out.onnx"), ...flags], COMMANDS);

describe("gates around a computed kernel", () => {
  it("are named by --explain", async () => {
    const { code, stdout } = await compile("--explain");
    expect(code).toBe(0);
    expect(stdout).toContain("take-into-mixtures rewrote mul, y");
  });

  it("leave β to be shown, and what is computed as it was", async () => {
    const { code, stdout } = await compile("--expose-beta");
    expect(code).toBe(0);
    expect(stdout).toContain("beta.");
    const tensors = await readTensors(...LAYER, "io.safetensors");
    const [found] = await runGraph(Uint8Array.from(readFileSync(at("out.onnx"))), [
      new Map([["x", tensors.get("x1")!]]),
    ]);
    expect(relativeError(found!.get("y")!, tensors.get("y1")!)).toBeLessThan(TOLERANCES.relative);
    const beta = [...found!].find(([name]) => name.startsWith("beta."))?.[1];
    expect(beta?.shape).toEqual([1, 4, 1]);
  });

  it("are compared in half precision too", async () => {
    const { code, stderr } = await compile("--dtype", "float16");
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
  });
});
