/** The batch of a whole model as a compile decides it. */
import { expect, it } from "vitest";
import { accelerateModel } from "../../src/accelerate/accelerate-model.js";
import type { AskedSize } from "../../src/accelerate/fix-sizes.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { line, linesOf, modelOf } from "../support/onnx-graphs.js";
import { encoded } from "../support/sessions.js";

const schemas = await loadSchemas();

/** Halves of the channels, added; then a sum over an axis. */
function halves(axis: number, fields = {}): ModelWithGraph {
  const integers = (name: string, value: number) => build.intTensor(name, [1], [value]);
  const graph = build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [1, 4, 6, 6])],
    node: [
      line("shape = Shape x"),
      line("size = Gather shape i1"),
      line("half = Div size i2"),
      line("a = Slice x i0 half i1"),
      line("b = Slice x half size i1"),
      line("c = Add a b"),
      line("y = ReduceMean c", { axes: { ints: [axis] }, keepdims: { i: 1 } }),
    ],
    initializer: [integers("i0", 0), integers("i1", 1), integers("i2", 2)],
    output: [build.valueInfo("y", "FLOAT", axis === 0 ? [1, 2, 6, 6] : [1, 1, 6, 6])],
  });
  return modelOf(graph, 17, fields) as ModelWithGraph;
}

const taken = (model: ModelWithGraph, batch?: AskedSize) =>
  accelerateModel(
    model,
    { sizes: { height: "keep", width: "keep", ...(batch === undefined ? {} : { batch }) }, lowering: "auto" },
    schemas,
  );

it("is open where sizes are computed of shapes that are fixed", async () => {
  const { model, report } = await taken(halves(1));
  expect(report.batch.became).toBe("open");
  expect(linesOf(model.graph).map((each) => each.split(" ")[2])).toEqual(["Slice", "Slice", "Add", "ReduceMean"]);
});

it("leaves the model as it is where it stays", async () => {
  const source = halves(0);
  const { model, report } = await taken(source);
  expect(report.batch).toEqual({ became: "kept", reason: "y: it works along the first axis" });
  expect(model.graph).toBe(source.graph);
  expect((await taken(halves(1), "keep")).report.batch.became).toBe("kept");
});

it("runs in Scans where it is asked for", async () => {
  const { model, report } = await taken(halves(0), "dynamic");
  expect(report.batch.became).toBe("scan");
  expect(linesOf(model.graph).map((each) => each.split(" ")[2])).toEqual(["Slice", "Slice", "Add", "Scan", "Squeeze"]);
});

it("runs in Scans where a size is declared that no tensor has, and that size is open", async () => {
  const graph = build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [1, 4, 6, 6])],
    node: [build.node("Unknown", ["x"], ["a"], { domain: "other" }), line("y = Relu a")],
    value_info: [build.valueInfo("a", "FLOAT", [1, 2n ** 63n - 1n])],
    output: [build.valueInfo("y", "FLOAT", [1, 2n ** 63n - 1n])],
  });
  const source = modelOf(graph, 17, { opset_import: [build.opset(17), build.opset(1, "other")] });
  const { model, report } = await taken(source as ModelWithGraph, "dynamic");
  expect(report.batch.became).toBe("scan");
  expect((await encoded(model)).length).toBeGreaterThan(0);
});

it("is refused where Scans are no way out, and says why", async () => {
  const asked = accelerateModel(
    halves(0),
    { sizes: { height: "keep", width: "keep", batch: "dynamic" }, lowering: "auto", portable: true },
    schemas,
  );
  await expect(asked).rejects.toMatchObject({
    diagnostics: [{ code: "compile/batch", place: 'node "y"', message: /works along the first axis/ }],
  });
});

it("is that of the first input that is no default", async () => {
  const source = halves(1);
  const weights = build.valueInfo("k", "FLOAT", [12]);
  const stored = build.floatVector("k", new Array(12).fill(1));
  const graph = {
    ...source.graph,
    input: [weights, ...source.graph.input],
    initializer: [...source.graph.initializer, stored],
  };
  expect((await taken({ ...source, graph })).report.batch.became).toBe("open");
});
