/** Convolutions with a kernel for each sample over a picture that is the same for all, as a StyleGAN2 decoder begins. */
import { expect, it } from "vitest";
import { accelerateModel } from "../../src/accelerate/accelerate-model.js";
import { computeConstants } from "../../src/accelerate/compute-constants.js";
import { hasOneBatch } from "../../src/accelerate/gains.js";
import { randomNumbers } from "../../src/base/random.js";
import { type Dim, symbol } from "../../src/ir/dim.js";
import type { Graph } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { compareValues } from "../../src/verify/compare.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { line, modelOf } from "../support/onnx-graphs.js";
import { runnerOf } from "../support/raising.js";
import { encoded, joined, rowOf, runGraph, type Values } from "../support/sessions.js";

const schemas = await loadSchemas();
const [CHANNELS, OUT, STYLE, SIZE] = [4, 5, 6, 7];

function uniform(seed: number, count: number): number[] {
  const next = randomNumbers(seed);
  return Array.from({ length: count }, () => Math.fround(2 * next() - 1));
}

/** y = conv(start, w · (a x)): the picture is an initializer, and x weighs the input channels of the kernel. */
function decoder(): ModelWithGraph {
  const floats = (name: string, shape: readonly number[], seed: number) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { ...build.floatVector(name, uniform(seed, count)), dims: [...shape] };
  };
  const graph = build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [1, STYLE])],
    node: [
      line("style = MatMul x a"),
      line("spread = Reshape style sizes"),
      line("weighed = Mul w spread"),
      line("kernel = Reshape weighed kernel_size"),
      line("conv = Conv start kernel", { pads: { ints: [1, 1, 1, 1] } }),
      line("y = Relu conv"),
    ],
    initializer: [
      floats("a", [STYLE, CHANNELS], 1),
      floats("w", [1, OUT, CHANNELS, 3, 3], 2),
      floats("start", [1, CHANNELS, SIZE, SIZE], 3),
      build.intTensor("sizes", [5], [1, 1, CHANNELS, 1, 1]),
      build.intTensor("kernel_size", [4], [OUT, CHANNELS, 3, 3]),
    ],
    output: [build.valueInfo("y", "FLOAT", [1, OUT, SIZE, SIZE])],
  });
  return modelOf(graph, 17) as ModelWithGraph;
}

it("give each sample what the source gives it, in a batch that is opened", async () => {
  const source = decoder();
  const { model, report } = await accelerateModel(
    source,
    {
      sizes: { batch: "dynamic", height: "keep", width: "keep" },
      computeIn: (part) =>
        computeConstants(part, (bytes) =>
          createNodeSession({ name: "source", bytes }, { target: "cpu", optimization: "disabled", threads: 1 }),
        ),
      runnerIn: runnerOf,
    },
    schemas,
  );
  expect(report.batch.became).toBe("open");
  expect(report.kernels.map(({ became }) => became)).toEqual(["mix_conv"]);
  const feeds = [4, 5, 6].map((seed): Values => new Map([["x", dense([1, STYLE], uniform(seed, STYLE))]]));
  const wanted = await runGraph(await encoded(source), feeds, "disabled");
  const together: Values = new Map([["x", joined(feeds.map((feed) => feed.get("x")!))]]);
  const [found] = await runGraph(await encoded(model), [together], "disabled");
  for (const [sample, each] of wanted.entries()) {
    const [want, got] = [each.get("y")!, rowOf(found!.get("y")!, sample)];
    expect(compareValues(want.data, got.data, TOLERANCES).passed).toBe(true);
  }
});

it("are not taken where only the kernels are of several samples", () => {
  const island = (pictures: Dim): Graph => {
    const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] } as const;
    const factors = [{ over: "in", on: "kernel" }] as const;
    const bank: LazyTensor = { shape: [1, OUT, CHANNELS, 1, 1], read: async () => new Float64Array(OUT * CHANNELS) };
    return {
      name: "island",
      inputs: [
        { name: "picture", shape: [pictures, CHANNELS, SIZE, SIZE] },
        { name: "style", shape: [symbol("N"), 1, CHANNELS] },
      ],
      nodes: [
        {
          op: "mix_conv",
          name: "conv",
          inputs: ["picture", "bank", "style"],
          attributes: { ...window, groups: 1, experts: 1, out: OUT, factors, bias: "none", demodulate: null },
          origin: { layer: "conv", pointer: "" },
        },
      ],
      constants: new Map([["bank", bank]]),
      outputs: [{ name: "conv", value: "conv" }],
      betas: [],
    };
  };
  expect(hasOneBatch(island(symbol("N")))).toBe(true);
  expect(hasOneBatch(island(1))).toBe(false);
});
