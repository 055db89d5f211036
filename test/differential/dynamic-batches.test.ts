/** Networks and layers with computed kernels that PyTorch exported at a batch of one: one compiled graph gives what PyTorch gives at every batch. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import type { DenseTensor } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { accelerated } from "../support/raising.js";
import { encoded, joined, relativeError, rowOf, runGraph, type Values } from "../support/sessions.js";

const FILES = readdirSync(fixture("onnx-exports"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(fixture("onnx-exports", entry.name, "io.safetensors")))
  .flatMap(({ name }) =>
    readdirSync(fixture("onnx-exports", name))
      .filter((file) => file.endsWith(".onnx"))
      .map((file) => [name, file] as const),
  );

/** Samples of PyTorch's batch of three, in other orders and more than once. */
const BATCHES = [
  [2, 0],
  [0, 1, 2],
  [0, 1, 2, 2, 1, 0, 1],
] as const;

it("has networks of every family", () => {
  const names = FILES.map(([name]) => name).join();
  for (const family of ["nsr", "condconv", "dynamic", "odconv", "modulated", "hard", "einsum", "style"])
    expect(names).toContain(family);
});

describe.each(FILES)("%s/%s", (name, file) => {
  let tensors: Values;
  let bytes: Uint8Array;

  beforeAll(async () => {
    tensors = await readTensors("onnx-exports", name, "io.safetensors");
    const content = Uint8Array.from(readFileSync(fixture("onnx-exports", name, file)));
    const done = await accelerated((await decodeGraph(bytesSource(file, content))).message, {});
    expect(done.report.batch.became).toBe("open");
    expect(done.report.kernels.map(({ became }) => became)).not.toContain("kept");
    bytes = await encoded(done.model);
  });

  const errorOf = async (x: DenseTensor, y: DenseTensor): Promise<number> => {
    const [outputs] = await runGraph(bytes, [new Map([["x", x]])]);
    return relativeError(outputs!.get("y")!, y);
  };

  it("one sample", async () => {
    expect(await errorOf(tensors.get("x1")!, tensors.get("y1")!)).toBeLessThan(TOLERANCES.relative);
  });

  it.each(BATCHES.map((rows) => [rows.length, rows] as const))("%i samples", async (_, rows) => {
    const of = (side: string) => joined(rows.map((row) => rowOf(tensors.get(side)!, row)));
    expect(await errorOf(of("x3"), of("y3"))).toBeLessThan(TOLERANCES.relative);
  });
});
