/** Half precision leaves routers in float32, whatever they are called and wherever their β is shown. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { elementType } from "../../src/onnx/graph/element-types.js";
import type { EmittedNode } from "../../src/onnx/graph/provenance.js";
import type { ModelWithGraph, ValueInfoProto } from "../../src/onnx/graph/records.js";
import { graphsIn } from "../../src/onnx/signature.js";
import { float16ToFloat32, float32ToFloat16Bits } from "../../src/tensors/half-float.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";
import { encoded, runGraph } from "../support/sessions.js";
import { model, valuesOf } from "./layers/model.js";

function typeOf({ type }: ValueInfoProto): string | undefined {
  return elementType(type?.tensor_type?.elem_type)?.name;
}

/** The types of all values that nodes of an operator make. */
function typesMadeBy(model: ModelWithGraph, ops: ReadonlySet<string>): readonly string[] {
  return graphsIn(model.graph).flatMap(({ node, value_info, output }) => {
    const types = new Map([...value_info, ...output].map((info) => [info.name, typeOf(info)]));
    return node
      .filter(({ op_type = "" }) => ops.has(op_type))
      .flatMap((each) => each.output.map((name) => types.get(name)!));
  });
}

const ROUTERS = new Set(["Softmax", "GlobalAveragePool", "Gemm"]);

/** Names that look like steps of other layers, or like what the compiler adds. */
function strangeNames() {
  return model({
    inputs: { x: ["N", 3, "H", "W"] },
    layers: [
      { name: "head", op: "conv", in: "x", out: 4, kernel: 3, pad: 1 },
      { name: "head/beta", op: "route", in: "head", mlp: ["linear"], experts: 3, cardinals: 2, normalise: "softmax" },
      { name: "x/beta", op: "route", in: "head", mlp: ["linear"], experts: 3, cardinals: 2, normalise: "softmax" },
      { name: "a/b", op: "mix_conv", in: "head", beta: "head/beta", out: 4, kernel: 3, pad: 1, bias: false },
      { name: "y:half", op: "mix_conv", in: "a/b", beta: "x/beta", out: 4, kernel: 3, pad: 1, bias: false },
      { name: "y", op: "relu", in: "y:half" },
    ],
    tensors: valuesOf({
      "head.weight": [4, 3, 3, 3],
      "head.bias": [4],
      "head/beta.mlp.0.weight": [6, 4],
      "head/beta.mlp.0.bias": [6],
      "x/beta.mlp.0.weight": [6, 4],
      "x/beta.mlp.0.bias": [6],
      "a/b.weight": [12, 4, 3, 3],
      "y:half.weight": [12, 4, 3, 3],
    }),
  });
}

const nsr = async () => importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
const random = randomNumbers(3);
const picture = dense(
  [2, 3, 9, 8],
  Array.from({ length: 432 }, () => random()),
);

describe.each([
  ["the network of the oracle", nsr],
  ["a network of strange names", async () => strangeNames()],
])("%s", (_, open) => {
  it.each(TARGETS.flatMap((target) => [true, false].map((exposeBeta) => [target, exposeBeta] as const)))(
    "for %s with exposeBeta %s keeps its routers",
    async (target, exposeBeta) => {
      const { spec, weights } = await open();
      const options: CompileOptions = { target, exposeBeta, dtype: "float16" };
      const { model: onnx } = compile(spec, weights, options);
      const types = typesMadeBy(onnx, ROUTERS);
      expect(types.length).toBeGreaterThan(3);
      expect(new Set(types)).toEqual(new Set(["FLOAT"]));
      expect(new Set(typesMadeBy(onnx, new Set(["Conv"])))).toEqual(new Set(["FLOAT16"]));
      for (const graph of graphsIn(onnx.graph)) {
        const declared = new Set<string | undefined>(
          [...graph.value_info, ...graph.output, ...graph.input].map(({ name }) => name),
        );
        expect(graph.node.flatMap(({ output }) => output).filter((name) => !declared.has(name))).toEqual([]);
      }
      expect(onnx.graph.output.every((info) => typeOf(info) === "FLOAT")).toBe(true);
      const [result] = await runGraph(await encoded(onnx), [new Map([["x", picture]])]);
      const betas = [...result!].filter(([name]) => name.startsWith("beta."));
      expect(betas.length > 0).toBe(exposeBeta);
      for (const [name, { data }] of betas) {
        const rounded = float16ToFloat32(float32ToFloat16Bits(Float32Array.from(data)));
        expect(
          data.some((value, i) => value !== rounded[i]!),
          `${name} is not rounded to half precision`,
        ).toBe(true);
      }
    },
  );
});

it("a hard choice is made of float32 logits", async () => {
  const { spec, weights } = await nsr();
  for (const target of TARGETS) {
    const { model: onnx } = compile(spec, weights, { target, dtype: "float16", routing: "hard" });
    const graphs = graphsIn(onnx.graph);
    const types = new Map(
      graphs.flatMap(({ value_info, input }) => [...value_info, ...input].map((info) => [info.name, typeOf(info)])),
    );
    const choosing = graphs.flatMap(({ node }) => node.filter(({ name = "" }) => /\/(winner|largest)$/.test(name)));
    expect(choosing.length).toBeGreaterThan(0);
    for (const { input } of choosing) expect(types.get(input[0]!)).toBe("FLOAT");
  }
});

it("every node that a layer lowers to carries the layer", async () => {
  const { spec, weights } = strangeNames();
  const layers = new Set(spec.layers.map(({ name }) => name));
  for (const target of TARGETS) {
    const { model: onnx } = compile(spec, weights, { target });
    const origins = graphsIn(onnx.graph).flatMap(({ node }) =>
      node
        .filter(({ op_type = "" }) => /^(Conv|MatMul|Gemm|Softmax)$/.test(op_type))
        .map(({ origin }: EmittedNode) => origin),
    );
    expect(origins.length).toBeGreaterThan(0);
    for (const origin of origins) expect(layers.has(origin ?? "")).toBe(true);
  }
});
