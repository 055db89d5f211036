/** No graph for WebGPU has a convolution that the provider gets wrong; what stands in its place computes the same. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { type Dim, symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { ModelWithGraph, NodeProto } from "../../src/onnx/graph/records.js";
import { webgpuConvFault } from "../../src/onnx/providers/conv-faults.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

const ORIGIN = { layer: "y", pointer: "" } as const;
const EXPERTS = 2;
const SIZE = [6, 5] as const;

function numbers(count: number, seed: number): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => next() - 0.5);
}

function random(shape: readonly number[], seed: number): LazyTensor {
  const values = numbers(
    shape.reduce((product, dim) => product * dim, 1),
    seed,
  );
  return { shape, read: async () => values };
}

interface Sizes {
  readonly channels: number;
  readonly out: number;
  readonly groups: number;
  readonly kernel?: number;
}

function window(kernel: number) {
  const pad = (kernel - 1) / 2;
  return { kernel: [kernel, kernel], stride: [1, 1], dilation: [1, 1], pads: [pad, pad, pad, pad] } as const;
}

function graphOf(nodes: readonly Node[], constants: Graph["constants"], batch: Dim, channels: number): Graph {
  const inputs = [
    { name: "x", shape: [batch, channels, ...SIZE] },
    { name: "beta", shape: [batch, EXPERTS, 1] },
  ];
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return {
    name: "test",
    inputs: inputs.filter(({ name }) => read.has(name)),
    constants,
    nodes,
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
}

function constantConv({ channels, out, groups, kernel = 3 }: Sizes): Graph {
  const constants = new Map([
    ["w", random([out, channels / groups, kernel, kernel], 1)],
    ["b", random([out], 2)],
  ]);
  const attributes = { ...window(kernel), groups };
  const node = { op: "conv", name: "y", inputs: ["x", "w", "b"], attributes, origin: ORIGIN } as const;
  return graphOf([node], constants, symbol("N"), channels);
}

function mixedConv({ channels, out, groups, kernel = 3 }: Sizes, batch: Dim): Graph {
  const constants = new Map([
    ["w", random([EXPERTS * out, channels / groups, kernel, kernel], 1)],
    ["b", random([EXPERTS * out], 2)],
  ]);
  const attributes = {
    ...window(kernel),
    groups,
    experts: EXPERTS,
    out,
    factors: [{ over: "out", on: "both" }],
    bias: "bank",
    demodulate: null,
  } as const;
  const node = { op: "mix_conv", name: "y", inputs: ["x", "w", "b", "beta"], attributes, origin: ORIGIN } as const;
  return graphOf([node], constants, batch, channels);
}

function convolutions({ graph }: ModelWithGraph): readonly (NodeProto & { readonly fault: string | undefined })[] {
  const shapes = new Map(
    [...graph.input, ...graph.value_info, ...graph.output].map(({ name, type }) => [
      name,
      type!.tensor_type!.shape!.dim.map(({ dim_value }) => dim_value),
    ]),
  );
  return graph.node
    .filter(({ op_type }) => op_type === "Conv")
    .map((node) => {
      const named = (name: string) => node.attribute.find((each) => each.name === name);
      const channels = shapes.get(node.input[0]!)![1] as number;
      const out = shapes.get(node.output[0]!)![1] as number;
      const pointwise = named("kernel_shape")?.ints.every((size) => size === 1) ?? false;
      const groups = Number(named("group")?.i ?? 1);
      return { ...node, fault: webgpuConvFault({ channels, out, groups, pointwise }) };
    });
}

async function expectSame(graph: Graph, batch: number, lowering: string): Promise<readonly NodeProto[]> {
  const { model } = compileGraph(graph, { target: "webgpu", lowering });
  const inputs = new Map(
    graph.inputs.map(({ name, shape }, index) => {
      const sizes = [batch, ...(shape.slice(1) as readonly number[])];
      const count = sizes.reduce((product, size) => product * size, 1);
      return [name, dense(sizes, numbers(count, 5 + index))];
    }),
  );
  const expected = (await evaluate(graph, inputs)).get("y")!;
  const [actual] = await runGraph(await encoded(model), [inputs]);
  expect(relativeError(actual!.get("y")!, expected)).toBeLessThanOrEqual(1e-6);
  const convs = convolutions(model);
  expect(convs.filter(({ fault }) => fault !== undefined)).toEqual([]);
  return convs;
}

/** Of each fault some, and what is next to them. */
const SIZES: readonly Sizes[] = [
  { channels: 6, out: 8, groups: 1 },
  { channels: 15, out: 4, groups: 1 },
  { channels: 9, out: 4, groups: 1, kernel: 1 },
  { channels: 3, out: 8, groups: 1 },
  { channels: 4, out: 18, groups: 2 },
  { channels: 2, out: 12, groups: 2 },
  { channels: 6, out: 15, groups: 3 },
  { channels: 4, out: 20, groups: 4 },
];

describe("convolutions for WebGPU", () => {
  it("has examples of both faults", () => {
    const faults = SIZES.map((sizes) => webgpuConvFault({ pointwise: sizes.kernel === 1, ...sizes }));
    expect(faults).toEqual(["input", "input", undefined, undefined, "output", "output", undefined, "output"]);
  });

  it.each(SIZES)("with a constant kernel: $channels to $out channels in $groups groups", async (sizes) => {
    expect(await expectSame(constantConv(sizes), 2, "auto")).toHaveLength(1);
  });

  describe.each(["direct", "grouped", "unfold", "windows", "experts"])("mixed, by %s", (lowering) => {
    it.each(SIZES)("$channels to $out channels in $groups groups", async (sizes) => {
      const batch = lowering === "direct" ? 1 : 2;
      await expectSame(
        mixedConv(sizes, ["unfold", "windows"].includes(lowering) ? symbol("N") : batch),
        batch,
        lowering,
      );
    });
  });

  it("keeps one Conv where nothing is wrong", async () => {
    const { model } = compileGraph(constantConv({ channels: 8, out: 8, groups: 1 }), { target: "webgpu" });
    expect(model.graph.node.map(({ op_type }) => op_type)).toEqual(["Conv"]);
  });
});
