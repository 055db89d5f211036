/** Sizes that a graph computes of constants alone, as constants. */
import { expect, it } from "vitest";
import { computeConstants } from "../../src/accelerate/compute-constants.js";
import { withComputedSizes } from "../../src/accelerate/computed-sizes.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph, NodeProto, ValueInfoProto } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { graphOf, linesOf, modelOf } from "../support/onnx-graphs.js";
import { read } from "../support/raising.js";

/** Pads as running sums, which inference does not follow. */
async function folded(
  nodes: readonly (string | NodeProto)[],
  pad = 1,
  value_info: readonly ValueInfoProto[] = [],
): Promise<ModelWithGraph> {
  const initializer = [
    build.intTensor("steps", [8], [0, 0, pad, 0, -pad, 0, 0, 0]),
    build.intTensor("axis", [1], [0]),
    build.intTensor("flat", [1], [-1]),
  ];
  const model = (await read(modelOf(graphOf("x", nodes, "y", { initializer, value_info })))) as ModelWithGraph;
  const compute = computeConstants(model, (bytes) =>
    createNodeSession({ name: "constants", bytes }, { target: "cpu", optimization: "disabled", threads: 1 }),
  );
  return withComputedSizes(model, compute, await loadSchemas());
}

const PADDED = ["s = CumSum steps axis", "p = Reshape s flat", "y = Pad x p"];

it("are found where inference does not know them, and what computed them goes", async () => {
  const { graph } = await folded(PADDED);
  expect(linesOf(graph)).toEqual(["p = Constant", "y = Pad x p"]);
  const found = graph.node[0]!.attribute[0]!.t!;
  expect(found.dims).toEqual([8]);
  expect([...new BigInt64Array(Uint8Array.from(await found.raw_data!.read()).buffer)].map(Number)).toEqual([
    0, 0, 1, 1, 0, 0, 0, 0,
  ]);
});

it("stay where they depend on the input", async () => {
  const { graph } = await folded(["s = Shape x", "y = Reshape x s"]);
  expect(linesOf(graph)).toEqual(["s = Shape x", "y = Reshape x s"]);
});

it("stay where float32 does not hold them", async () => {
  const { graph } = await folded(PADDED, 2 ** 25);
  expect(linesOf(graph)).toContain("p = Reshape s flat");
});

it("stay where the file declares another size of them", async () => {
  const { graph } = await folded(PADDED, 1, [build.valueInfo("p", "INT64", [3]), build.valueInfo("s", "INT64", [3])]);
  expect(linesOf(graph)).toEqual(["s = CumSum steps axis", "p = Reshape s flat", "y = Pad x p"]);
});
