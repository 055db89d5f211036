/** Winograd convolutions on a canvas in ONNX Runtime: any batch and size, and dynamic graphs equal to fixed ones. */
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { loweringChoices } from "../../src/lowerings/choices.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";

const CHANNELS = 16;
const EXPERTS = 2;
const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1] } as const;

function random(shape: readonly number[], seed: number): LazyTensor {
  const next = randomNumbers(seed);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, () => (next() - 0.5) / 4);
  return { shape, read: async () => values };
}

/** route → mixed convolution → ReLU → route → mixed convolution → + input: what a block of the public networks is. */
function block(batch: number | "N", size: readonly [number, number] | "open"): Graph {
  const constants = new Map<string, LazyTensor>();
  const nodes: Node[] = [];
  const layer = (name: string, input: string): void => {
    constants.set(`${name}.mlp`, random([EXPERTS * 4, CHANNELS], nodes.length + 7));
    constants.set(`${name}.weight`, random([EXPERTS * CHANNELS, CHANNELS, 3, 3], nodes.length + 1));
    constants.set(`${name}.bias`, random([EXPERTS * CHANNELS], nodes.length + 2));
    nodes.push(
      {
        op: "route",
        name: `${name}.beta`,
        inputs: [input, `${name}.mlp`],
        attributes: {
          stages: [{ kind: "linear", bias: false }],
          experts: EXPERTS,
          cardinals: 4,
          temperature: 1,
          normalise: "softmax",
        },
        origin: ORIGIN,
      },
      {
        op: "mix_conv",
        name,
        inputs: [input, `${name}.weight`, `${name}.bias`, `${name}.beta`],
        attributes: {
          ...PLACE,
          groups: 1,
          experts: EXPERTS,
          out: CHANNELS,
          factors: [{ over: "out", on: "both" }],
          bias: "bank",
          demodulate: null,
        },
        origin: ORIGIN,
      },
    );
  };
  layer("a", "x");
  nodes.push({ op: "activation", name: "relu", inputs: ["a"], attributes: { fn: "relu" }, origin: ORIGIN });
  layer("b", "relu");
  nodes.push({ op: "add", name: "sum", inputs: ["b", "x"], attributes: {}, origin: ORIGIN });
  const [height, width] = size === "open" ? [symbol("H"), symbol("W")] : size;
  return {
    name: "block",
    inputs: [{ name: "x", shape: [batch === "N" ? symbol("N") : batch, CHANNELS, height, width] }],
    constants,
    nodes,
    outputs: [{ name: "y", value: "sum" }],
    betas: [],
  };
}

async function open(graph: Graph, lowering: string) {
  const { model } = compileGraph(graph, { lowering });
  return createNodeSession(
    { name: lowering, bytes: await collect(encodeModel(model).model) },
    { target: "cpu", threads: 1 },
  );
}

const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 1, 9],
  [7, 5, 3],
  [2, 24, 18],
  [1, 3, 700],
  [1, 131, 2],
  [1, 97, 101],
];

describe.each(["winograd-f4x4", "winograd-f4x6", "winograd-f6x6"])("%s", (lowering) => {
  it("computes what plain convolutions do, of every batch and size, in one dynamic graph and in fixed ones", async () => {
    const dynamic = await open(block("N", "open"), lowering);
    for (const [batch, height, width] of SIZES) {
      const shape = [batch, CHANNELS, height, width];
      const next = randomNumbers(height * width);
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => next() - 0.5);
      const feeds = new Map([["x", { data, shape }]]);
      const plain = await open(block(batch, [height, width]), "unfold");
      const fixed = await open(block(batch, [height, width]), lowering);
      const expected = (await plain.run(feeds)).get("y")!;
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const session of [dynamic, fixed]) {
        const { data: values, shape: found } = (await session.run(feeds)).get("y")!;
        expect(found).toEqual(shape);
        const error = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
        expect(error / largest).toBeLessThan(1e-5);
      }
      await plain.release();
      await fixed.release();
    }
    await dynamic.release();
  });
});

describe("choices", () => {
  const options = { target: "cpu", opset: 17 } as const;

  it("name every convolution with its reason", () => {
    const named = loweringChoices(block("N", "open"), { ...options, lowering: "winograd-f4x6" });
    expect(named).toEqual(
      ["a", "b"].map((layer) => ({ layer, lowering: "winograd-f4x6", perSample: true, reason: "requested" })),
    );
    const [first] = loweringChoices(block(1, [48, 48]), { ...options, lowering: "auto" });
    expect(first).toMatchObject({ layer: "a", perSample: false });
    expect(first!.reason).toMatch(/^estimated [\d.]+ ms, estimated [\d.]+ ms (directly|as winograd-)/);
  });

  it("say what forbids Winograd, or what devices are asked to do", () => {
    const reasons = (extra: { readonly winograd?: boolean; readonly portable?: boolean; readonly target?: "webgpu" }) =>
      loweringChoices(block(1, [48, 48]), { ...options, lowering: "auto", ...extra }).map(({ reason }) => reason);
    expect(new Set(reasons({ winograd: false }))).toEqual(new Set(["Winograd is switched off"]));
    expect(new Set(reasons({ portable: true }))).toEqual(
      new Set(["Winograd needs a Scan, which a portable graph may not have"]),
    );
    for (const reason of reasons({ target: "webgpu" }))
      expect(reason).toMatch(/^estimated .* dispatches, .* temporary/);
  });
});
