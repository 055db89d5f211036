/** Shapes that a source declares and its nodes contradict. Found by `scripts/fuzz.mjs islands`. */
import { describe, expect, it } from "vitest";
import { accelerateModel } from "../../src/accelerate/accelerate-model.js";
import { withTrueDeclarations } from "../../src/accelerate/true-declarations.js";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { typeInfo } from "../../src/onnx/infer/type-info.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { accelerated, read } from "../support/raising.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

const schemas = await loadSchemas();

/** A convolution whose result goes through a Reshape to its own shape, as exporters write it. */
async function source(
  declared: readonly build.Dimension[],
  inner: readonly build.Dimension[] = [1, 4, 5, 6],
  { picture = [1, 4, 5, 6] as readonly build.Dimension[], type = "FLOAT" as "FLOAT" | "INT64" } = {},
) {
  const graph = build.graph({
    name: "g",
    node: [
      line("c = Conv x w", { pads: { ints: [1, 1, 1, 1] } }),
      line("s = Shape c"),
      line("y = Reshape c s"),
      line("z = Relu y"),
    ],
    input: [build.valueInfo("x", "FLOAT", picture)],
    output: [build.valueInfo("z", type, declared)],
    value_info: [build.valueInfo("y", "FLOAT", inner)],
    initializer: [weights("w", [4, 4, 3, 3])],
  });
  return (await read(modelOf(graph, 17))) as ModelWithGraph;
}

/** As it is read from a file that it was written to. */
async function corrected(model: ModelWithGraph) {
  const warnings: Diagnostic[] = [];
  const { graph } = (await read(withTrueDeclarations(model, schemas, (each) => warnings.push(each)))) as ModelWithGraph;
  return {
    output: typeInfo(graph.output[0]!.type),
    inner: graph.value_info.map(({ name }) => name),
    warnings: warnings.map(({ code, place }) => [code, place]),
  };
}

describe("a declared shape", () => {
  it("stays where the nodes give it, and the model is the same object", async () => {
    const model = await source([1, 4, 5, 6]);
    expect(withTrueDeclarations(model, schemas)).toBe(model);
  });

  it("of symbols stays: the nodes do not contradict it", async () => {
    const model = await source([1, "C", null, 6]);
    expect(withTrueDeclarations(model, schemas)).toBe(model);
  });

  it.each([
    ["another size", [1, 4, 5, 2]],
    ["another rank", [1, 4, 5]],
  ])("of %s becomes what the nodes give, with a warning", async (_, declared) => {
    expect(await corrected(await source(declared))).toEqual({
      output: { kind: "tensor", elem: 1, shape: [1, 4, 5, 6] },
      inner: ["y"],
      warnings: [["compile/declared-shape", "z"]],
    });
  });

  it("of an open size becomes that size", async () => {
    const model = await source([1, 4, 5], [null, 4, 5, 6], { picture: ["N", 4, 5, 6] });
    expect((await corrected(model)).output).toEqual({ kind: "tensor", elem: 1, shape: ["N", 4, 5, 6] });
  });

  it("stays where the type differs too, which ONNX Runtime refuses", async () => {
    const model = await source([1, 4, 5, 2], [1, 4, 5, 2], { type: "INT64" });
    expect(await corrected(model)).toEqual({
      output: { kind: "tensor", elem: 7, shape: [1, 4, 5, 2] },
      inner: [],
      warnings: [],
    });
  });

  it("of an inner value goes, without a warning", async () => {
    expect(await corrected(await source([1, 4, 5, 6], [1, 4, 5, 2]))).toEqual({
      output: { kind: "tensor", elem: 1, shape: [1, 4, 5, 6] },
      inner: [],
      warnings: [],
    });
  });
});

it("of an output behind a constant that is an output too becomes what the nodes give", async () => {
  const model = await source([1, 4, 5, 2]);
  const factor = build.valueInfo("k", "FLOAT", [4, 1, 1]);
  const { graph } = model;
  const more = {
    node: [...graph.node.slice(0, -1), line("z = Mul y k")],
    initializer: [...graph.initializer, weights("k", [4, 1, 1])],
    output: [factor, ...graph.output],
  };
  const { output } = withTrueDeclarations({ ...model, graph: { ...graph, ...more } }, schemas).graph;
  expect(output.map(({ type }) => typeInfo(type))).toMatchObject([{ shape: [4, 1, 1] }, { shape: [1, 4, 5, 6] }]);
});

it("what only a newer opset shows is corrected in the result", async () => {
  const graph = build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [1, 64, 48, 48])],
    node: [
      line("s = Shape x"),
      line("h = Gather s two", { axis: { i: 0 } }),
      line("t = Concat h rest", { axis: { i: 0 } }),
      line("v = Reshape x t"),
      line("y = Conv x w", { pads: { ints: [1, 1, 1, 1] } }),
    ],
    initializer: [
      build.intTensor("two", [2], [0, 1]),
      build.intTensor("rest", [1], [-1]),
      weights("w", [64, 64, 3, 3]),
    ],
    output: [build.valueInfo("v", "FLOAT", [7]), build.valueInfo("y", "FLOAT", [1, 64, 48, 48])],
  });
  const model = (await read(modelOf(graph, 12))) as ModelWithGraph;
  expect(withTrueDeclarations(model, schemas)).toBe(model);
  const warnings: Diagnostic[] = [];
  const sizes = { height: "keep", width: "keep", batch: "keep" } as const;
  const options = { sizes, lowering: "winograd-f4x4", report: (each: Diagnostic) => void warnings.push(each) } as const;
  const done = await accelerateModel(model, options, schemas);
  expect(done.compiled).toHaveLength(1);
  expect(warnings.map(({ code, place }) => [code, place])).toEqual([["compile/declared-shape", "v"]]);
  expect(typeInfo(done.model.graph.output[0]!.type)).toMatchObject({ shape: [1, 64, 2304] });
});

it("a size of −1 is open, as the converters mean that write it", async () => {
  const model = await source([-1, 4, -1, -1], [-1, 4, 5, 6]);
  const picture = build.valueInfo("x", "FLOAT", [-1, 4, -1, -1]);
  const { graph } = withTrueDeclarations({ ...model, graph: { ...model.graph, input: [picture] } }, schemas);
  const shapes = [...graph.input, ...graph.value_info, ...graph.output].map(({ type }) => typeInfo(type));
  expect(shapes).toEqual([
    { kind: "tensor", elem: 1, shape: [null, 4, null, null] },
    { kind: "tensor", elem: 1, shape: [null, 4, 5, 6] },
    { kind: "tensor", elem: 1, shape: [null, 4, null, null] },
  ]);
});

it("a batch is opened by what the nodes give", async () => {
  const model = await source([1, 4, 5, 2], [1, 4, 5, 2]);
  const done = await accelerated(model, {});
  expect(done.report.batch.became).toBe("open");
  const numbers = Array.from({ length: 120 }, (_, i) => Math.fround(Math.sin(i)));
  const [wanted] = await runGraph(await encoded(model), [new Map([["x", dense([1, 4, 5, 6], numbers)]])], "disabled");
  const two = dense([2, 4, 5, 6], [...numbers, ...numbers]);
  const [found] = await runGraph(await encoded(done.model), [new Map([["x", two]])]);
  const { data } = wanted!.get("z")!;
  const both = dense([2, 4, 5, 6], [...data, ...data]);
  expect(relativeError(found!.get("z")!, both)).toBeLessThan(TOLERANCES.relative);
});

it("two versions of ai.onnx are refused, since readers differ in which of them counts", async () => {
  const model = await source([1, 4, 5, 6]);
  const twice = { ...model, opset_import: [build.opset(17), build.opset(13)] };
  await expect(accelerated(twice, {})).rejects.toMatchObject({
    diagnostics: [{ code: "compile/opset", message: "the graph imports ai.onnx in the versions 17 and 13" }],
  });
  const same = { ...model, opset_import: [build.opset(17), build.opset(17)] };
  await expect(accelerated(same, {})).resolves.toBeDefined();
});
