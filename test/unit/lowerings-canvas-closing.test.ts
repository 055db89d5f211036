/** A convolution of few outputs behind a layer on a canvas: computed with it, with the same values. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { loweringChoices } from "../../src/lowerings/choices.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { randomTensor } from "../support/random-tensor.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
const LOWERING = "winograd-f4x4";
const INPUT = 12;

interface Network {
  /** Between the layer and what closes it. */
  readonly between: readonly {
    readonly op: string;
    readonly inputs?: readonly string[];
    readonly attributes?: object;
  }[];
  /** Channels of the layer, of what closes it, and its outputs. */
  readonly channels: number;
  readonly closed?: number;
  readonly outputs?: number;
  readonly closing?: object;
  readonly hasBias?: boolean;
  /** Values that are shown beside the result. */
  readonly shown?: readonly string[];
}

type Size = "open" | readonly [batch: number, height: number, width: number];

/** Layer → what lies between → closing convolution. */
function network(setting: Network, size: Size): Graph {
  const { between, channels, closed = channels, outputs = 2, closing = {}, hasBias = true, shown = [] } = setting;
  const node = (op: string, name: string, inputs: readonly string[], attributes: object = {}): Node =>
    ({ op, name, inputs, attributes, origin: ORIGIN }) as Node;
  const nodes = [node("conv", "layer", ["x", "w0", "b0"], PLACE)];
  for (const { op, inputs = [], attributes } of between)
    nodes.push(node(op, `step${nodes.length}`, [nodes.at(-1)!.name, ...inputs], attributes));
  const last = nodes.at(-1)!.name;
  nodes.push(node("conv", "last", [last, "w1", ...(hasBias ? ["b1"] : [])], { ...PLACE, ...closing }));
  const [batch, height, width] = size === "open" ? [symbol("N"), symbol("H"), symbol("W")] : size;
  return {
    name: "test",
    inputs: [{ name: "x", shape: [batch, INPUT, height, width] }],
    constants: new Map([
      ["w0", randomTensor([channels, INPUT, 3, 3], 1)],
      ["b0", randomTensor([channels], 2)],
      ["w1", randomTensor([outputs, closed, 3, 3], 3)],
      ["b1", randomTensor([outputs], 4)],
      ["slopes", randomTensor([channels], 5)],
      ["w2", randomTensor([channels, INPUT, 1, 1], 6)],
    ]),
    nodes,
    outputs: [{ name: "y", value: "last" }, ...shown.map((value) => ({ name: `${value}.shown`, value }))],
    betas: [],
  };
}

const relu = { op: "activation", attributes: { fn: "relu" } };
const shuffle = (scale: number, order?: string) => ({
  op: "pixel_shuffle",
  attributes: { scale, ...(order ? { order } : {}) },
});

const CLOSED: Readonly<Record<string, Network>> = {
  "a layer": { channels: 18, between: [] },
  "a layer with a ReLU": { channels: 18, between: [relu] },
  "one with a LeakyReLU": {
    channels: 18,
    between: [{ op: "activation", attributes: { fn: "leaky_relu", slope: 0.2 } }],
  },
  "one with a PReLU": { channels: 18, between: [{ op: "prelu", inputs: ["slopes"] }] },
  "one that adds a residual": { channels: INPUT, outputs: 1, between: [relu, { op: "add", inputs: ["x"] }] },
  "one that adds two": {
    channels: INPUT,
    outputs: 1,
    between: [
      { op: "add", inputs: ["x"] },
      { op: "add", inputs: ["x"] },
    ],
  },
  "pixels in blocks of two": { channels: 72, closed: 18, between: [shuffle(2)] },
  "pixels in blocks of two, in TensorFlow's order": { channels: 72, closed: 18, between: [shuffle(2, "DCR")] },
  "pixels in blocks of three": { channels: 81, closed: 9, outputs: 1, between: [relu, shuffle(3)] },
  "one without a bias": { channels: 18, between: [], hasBias: false },
  "pixels in blocks, without a bias": { channels: 72, closed: 18, between: [shuffle(2)], hasBias: false },
};

const SIZES = [
  [1, 24, 18],
  [3, 9, 7],
  [1, 1, 1],
  [1, 97, 83],
  [1, 128, 66],
] as const;

describe.each(Object.entries(CLOSED))("behind %s", (_, setting) => {
  it("gives what the reference gives, of open and fixed sizes", { timeout: 120_000 }, async () => {
    const open = await encoded(compileGraph(network(setting, "open"), { lowering: LOWERING }).model);
    for (const size of SIZES) {
      const graph = network(setting, size);
      const [batch, height, width] = size;
      const shape = [batch, INPUT, height, width];
      const next = randomNumbers(height);
      const count = shape.reduce((product, extent) => product * extent, 1);
      const x = dense(
        shape,
        Array.from({ length: count }, () => Math.fround(next() - 0.5)),
      );
      const feeds = new Map([["x", x]]);
      const expected = (await evaluate(graph, feeds)).get("last")!;
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const fixed = await encoded(compileGraph(graph, { lowering: LOWERING }).model);
      for (const bytes of [open, fixed]) {
        const [found] = await runGraph(bytes, [feeds]);
        const limit = TOLERANCES.absolute + TOLERANCES.relative * largest;
        expect(found!.get("y")!.shape).toEqual(expected.shape);
        expect(absoluteError(found!.get("y")!, expected)).toBeLessThanOrEqual(limit);
      }
    }
  });

  it("is no Conv, and what it reads is not stored", () => {
    const nodes = nodesIn(compileGraph(network(setting, [1, 128, 128]), { lowering: LOWERING }).model.graph);
    expect(nodes.filter(isPlainConv)).toEqual([]);
    expect(nodes.filter(({ op_type, name }) => op_type === "Gemm" && name === "last/taps")).toHaveLength(1);
    expect(nodes.filter(({ op_type }) => op_type === "Scan").map(({ output = [] }) => output.length)).toEqual([1]);
  });

  it("says so", () => {
    const choices = loweringChoices(network(setting, [1, 128, 128]), { target: "cpu", opset: 17, lowering: LOWERING });
    expect(choices.map(({ layer, lowering }) => `${layer}: ${lowering}`)).toEqual([`layer: ${LOWERING}`, "last: taps"]);
    expect(choices[1]!.reason).toBe("computed with layer, whose result nobody else reads");
  });
});

/** One of pictures: the transforms of a layer are convolutions along three axes. */
const isPlainConv = ({ op_type, attribute = [] }: NodeProto): boolean =>
  op_type === "Conv" && attribute.some(({ name, ints = [] }) => name === "kernel_shape" && ints.length === 2);

const APART: Readonly<Record<string, Network>> = {
  "the result is shown too": { channels: 18, between: [relu], shown: ["step1"] },
  "the shuffled pixels are shown too": { channels: 72, closed: 18, between: [shuffle(2)], shown: ["step1"] },
  "it has more products than the layer has channels": { channels: 18, outputs: 3, between: [] },
  "blocks give it more products than the layer has channels": { channels: 36, closed: 9, between: [shuffle(2)] },
  "it has a stride": { channels: 18, between: [], closing: { stride: [2, 2] } },
  "it has other padding": { channels: 18, between: [], closing: { pads: [0, 0, 0, 0] } },
};

it.each(Object.entries(APART))("stays a convolution of its own where %s", (_, setting) => {
  const choices = loweringChoices(network(setting, [1, 128, 128]), { target: "cpu", opset: 17, lowering: LOWERING });
  expect(choices.map(({ lowering }) => lowering)).toEqual([LOWERING, "conv"]);
  const { graph } = compileGraph(network(setting, [1, 128, 128]), { lowering: LOWERING }).model;
  expect(nodesIn(graph).filter(isPlainConv)).toHaveLength(1);
});

function nodesIn(graph: GraphProto | undefined): readonly NodeProto[] {
  return (graph?.node ?? []).flatMap((node) => [
    node,
    ...(node.attribute ?? []).flatMap(({ g }) => (g ? nodesIn(g) : [])),
  ]);
}
