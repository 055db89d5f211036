/** What a graph is predicted to take: as it was compiled, and as it is read from its file. */
import { expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { compileGraph, referenceGraph } from "../../src/compile.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { graphCost } from "../../src/restore/cost/graph-cost.js";
import { withHeldConstants } from "../../src/restore/cost/held-constants.js";
import { importStore, openFixture } from "../support/fixtures.js";

const MEGAPIXEL = 2 ** 20;

async function costs(threads: number) {
  const config = new Map([["patch", 32]]);
  const { spec, weights } = await importStore(await openFixture("models", "nsr-x2", "checkpoint.pt"), { config });
  const { model } = compileGraph(referenceGraph(spec, weights, { batch: 1 }), { target: "cpu", threads });
  const read = await decodeGraph(bytesSource("graph", await collect(encodeModel(model).model)));
  const schemas = await loadSchemas();
  const of = (graph: ModelProto) => graphCost({ model: graph, input: "x", channels: 3, fixed: {} }, schemas);
  return { compiled: of(await withHeldConstants(model)), read: of(read.message) };
}

it.each([1, 2])("is the same before the graph is written, for %i threads", async (threads) => {
  const { compiled, read } = await costs(threads);
  expect(compiled.macs).toBe(read.macs);
  expect(compiled.moved).toBe(read.moved);
  expect(compiled.bytes(MEGAPIXEL)).toBe(read.bytes(MEGAPIXEL));
});

it("counts a convolution and the addition behind it as one result, as ONNX Runtime runs them", async () => {
  const { read } = await costs(2);
  // Two maps of 32 channels, and the picture moved to its mean: what was measured of a run.
  expect(read.liveBytes(MEGAPIXEL) / MEGAPIXEL).toBeCloseTo(4 * (2 * 32 + 3), 0);
});
