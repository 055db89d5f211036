import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { smxc, succeed, temporaryFolder } from "../support/cli.js";
import { tinyGraph } from "../unit/runtime-tiny-graph.js";

const folder = temporaryFolder();

beforeAll(async () => {
  const bytes = await collect(encodeModel(tinyGraph()).model);
  for (const name of ["a.onnx", "b.onnx"]) writeFileSync(folder.at(name), bytes);
}, 60_000);
afterAll(folder.remove);

interface Run {
  readonly file: string;
  readonly shape: string;
  readonly target: string;
  readonly threads: number;
  readonly minMs: number;
  readonly medianMs: number;
  readonly ratio: number;
}

describe("smxc bench", () => {
  test.each(["cpu", "wasm"])("compares with the graph of --vs, on %s", async (target) => {
    const args = [
      "bench",
      "a.onnx",
      "--vs",
      "b.onnx",
      "--runs",
      "3",
      "--shape",
      "2x3x8x6",
      "--target",
      target,
      "--json",
    ];
    const { runs, schemaVersion } = JSON.parse((await succeed(args, folder.path)).stdout) as {
      readonly runs: readonly Run[];
      readonly schemaVersion: number;
    };
    expect(schemaVersion).toBe(1);
    expect(runs.map(({ file, shape, threads }) => [file, shape, threads])).toEqual([
      ["b.onnx", "2x3x8x6", 1],
      ["a.onnx", "2x3x8x6", 1],
    ]);
    const [baseline, other] = runs as readonly [Run, Run];
    expect(baseline.ratio).toBe(1);
    expect(other.ratio).toBeCloseTo(other.minMs / baseline.minMs, 12);
    for (const { minMs, medianMs } of runs) {
      expect(minMs).toBeGreaterThan(0);
      expect(medianMs).toBeGreaterThanOrEqual(minMs);
    }
  });

  test("prints a table, and with --profile the operators of each layer", async () => {
    const { stdout } = await succeed(["bench", "a.onnx", "--runs", "2", "--profile"], folder.path);
    expect(stdout).toMatch(/^file +shape/);
    expect(stdout).toContain("1x3x48x48");
    expect(stdout).toMatch(/Conv/);
  });

  test("a shape that the input does not take is a usage error, and a missing file is told", async () => {
    const shape = await smxc(["bench", "a.onnx", "--shape", "1x4x8x8"], folder.path);
    expect([shape.code, shape.stderr]).toEqual([2, expect.stringContaining("error[bench/shape]")]);
    const missing = await smxc(["bench", "none.onnx"], folder.path);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("none.onnx")]);
  });
});
