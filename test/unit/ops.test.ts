/** Every operator: the reference on examples worked out by hand, ONNX Runtime on the same, and the rules that it has. */

import { describe, expect, it } from "vitest";
import { type Dim, symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { OPS, type OpName } from "../../src/ir/ops/index.js";
import { type OpDefinition, RuleError } from "../../src/ir/ops/operator.js";
import { verifyGraph } from "../../src/ir/verify.js";
import { lowerGraph } from "../../src/lowerings/lower-graph.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { model, opset } from "../../src/onnx/graph/build.js";
import { encoded, runGraph } from "../support/sessions.js";
import type { Example, Value } from "./ops/example.js";
import { EXAMPLES } from "./ops/examples.js";

const definitionOf = (op: OpName) => OPS[op] as unknown as OpDefinition<unknown>;
const TABLE = Object.entries(EXAMPLES).flatMap(([op, examples]) =>
  (examples as readonly Example<unknown>[]).map((example) => ({ op: op as OpName, ...example })),
);

it("every operator has an example", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(OPS).sort());
});

/** Inputs that hold weights are constants of the graph, as they always are; the others are inputs of the graph. */
const CONSTANTS: Readonly<Partial<Record<OpName, (index: number, count: number) => boolean>>> = {
  channel_affine: (index) => index > 0,
  channel_bias: (index) => index > 0,
  conv: (index) => index > 0,
  conv_transpose: (index) => index > 0,
  demodulation: (index) => index === 0,
  instance_norm: (index) => index > 0,
  linear: (index) => index > 0,
  mix_bias: (index) => index === 1,
  mix_conv: (index, factors) => index > 0 && index < factors,
  prelu: (index) => index > 0,
  route: (index) => index > 0,
};

function graphOf(op: OpName, attributes: unknown, inputs: readonly Value[]): Graph {
  const names = inputs.map((_, index) => `input${index}`);
  const factors = (attributes as { readonly factors?: readonly unknown[] }).factors?.length ?? 0;
  const constant = (index: number): boolean => CONSTANTS[op]?.(index, inputs.length - factors) ?? false;
  const origin = { layer: "y", pointer: "/layers/0" };
  const graph: Graph = {
    name: op,
    inputs: inputs.flatMap(([shape], i) => (constant(i) ? [] : [{ name: names[i]!, shape }])),
    constants: new Map(
      inputs.flatMap(([shape, data], i) =>
        constant(i) ? [[names[i]!, { shape, read: async () => Float64Array.from(data) }] as const] : [],
      ),
    ),
    nodes: [{ op, name: "y", inputs: names, attributes, origin } as Node],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
  verifyGraph(graph, "a test");
  return graph;
}

describe.each(TABLE)("$op: $what", ({ op, attributes, inputs, output: [shape, data] }) => {
  it("has the shape and the values worked out by hand", () => {
    expect(
      definitionOf(op).infer(
        attributes,
        inputs.map(([each]) => each),
      ),
    ).toEqual(shape);
    const y = definitionOf(op).evaluate(
      attributes,
      inputs.map(([each, values]) => dense(each, values)),
    );
    expect(y.shape).toEqual(shape);
    expect(y.data).toHaveLength(data.length);
    y.data.forEach((value, i) => {
      expect(value).toBeCloseTo(data[i]!, 12);
    });
  });

  // Patches are never inputs of a graph: blend_patches runs in networks with a patch context.
  it.skipIf(op === "blend_patches").each(TARGETS)("has them in ONNX Runtime, lowered for %s", async (target) => {
    const graph = graphOf(op, attributes, inputs);
    const lowered = lowerGraph(graph, { target, opset: 17, lowering: "auto" });
    const bytes = await encoded(model({ ir_version: 8, opset_import: [opset(17)], graph: lowered }));
    const feeds = new Map(graph.inputs.map(({ name }) => [name, dense(...inputs[Number(name.slice(5))]!)]));
    const [result] = await runGraph(bytes, [feeds]);
    const y = result!.get("y")!;
    expect(y.shape).toEqual(shape);
    y.data.forEach((value, i) => {
      expect(Math.abs(value - data[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(data[i]!)));
    });
  });
});

interface Rule {
  readonly op: OpName;
  readonly attributes: unknown;
  readonly shapes: readonly (readonly Dim[])[];
  readonly message: RegExp;
}

const N = symbol("N");
const H = symbol("H");
const WINDOW = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] } as const;
const MIX = {
  ...WINDOW,
  groups: 1,
  experts: 4,
  out: 8,
  factors: [{ over: "out", on: "both" }],
  bias: "bank",
  demodulate: null,
};
const ROUTER = {
  experts: 4,
  cardinals: 2,
  stages: [{ kind: "linear", bias: true }],
  temperature: 1,
  normalise: "softmax",
};

const RULES: readonly Rule[] = [
  {
    op: "add",
    attributes: {},
    shapes: [
      [N, 3],
      [N, 4],
    ],
    message: /\[N,3\] and \[N,4\] differ/,
  },
  {
    op: "mul",
    attributes: {},
    shapes: [
      [N, 3],
      [N, 3, 1],
    ],
    message: /different ranks/,
  },
  { op: "channel_affine", attributes: {}, shapes: [[N, 3, H, H], [2], [3]], message: /3 values/ },
  { op: "channel_bias", attributes: {}, shapes: [[N, 3, H, H], [2]], message: /does not fit/ },
  {
    op: "channel_scale",
    attributes: {},
    shapes: [
      [N, 3, H, H],
      [N, 2],
    ],
    message: /2 weights do not fit 3 channels/,
  },
  {
    op: "concat",
    attributes: {},
    shapes: [
      [N, 3, H, H],
      [N, 3, H, 4],
    ],
    message: /agree in everything but their channels/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, H],
      [8, 3, 3, 3],
    ],
    message: /\[N,C,H,W\]/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 2 },
    shapes: [
      [N, 3, H, H],
      [8, 1, 3, 3],
    ],
    message: /3 input channels do not divide into 2 groups/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, H, H],
      [8, 4, 3, 3],
    ],
    message: /reads 4 channels per group, the input has 3/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [[N, 3, H, H], [8, 3, 3, 3], [4]],
    message: /bias has 4 values for 8/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, 3, 2, H],
      [8, 3, 3, 3],
    ],
    message: /does not fit the padded input/,
  },
  {
    op: "conv",
    attributes: { ...WINDOW, groups: 1 },
    shapes: [
      [N, H, H, H],
      [8, 3, 3, 3],
    ],
    message: /must be known at compile time/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 1, outputPads: [0, 0] },
    shapes: [
      [N, 3, H, H],
      [4, 8, 3, 3],
    ],
    message: /reads 4 channels, the input has 3/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 2, outputPads: [0, 0] },
    shapes: [
      [N, 3, H, H],
      [3, 8, 3, 3],
    ],
    message: /3 input channels do not divide into 2 groups/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, groups: 2, outputPads: [0, 0] },
    shapes: [[N, 4, H, H], [4, 8, 3, 3], [8]],
    message: /bias has 8 values for 16/,
  },
  {
    op: "conv_transpose",
    attributes: { ...WINDOW, pads: [3, 0, 0, 0], groups: 1, outputPads: [0, 0] },
    shapes: [
      [N, 3, 1, H],
      [3, 8, 3, 3],
    ],
    message: /must leave pixels/,
  },
  { op: "instance_norm", attributes: { epsilon: 0 }, shapes: [[N, 3, H, H], [2], [3]], message: /3 values/ },
  {
    op: "pick",
    attributes: { start: 1, sizes: [2], steps: [2] },
    shapes: [[N, 3]],
    message: /no elements from 1 up to 3 among the 3/,
  },
  {
    op: "pick",
    attributes: { start: 0, sizes: [2], steps: [1] },
    shapes: [[N, 3, H]],
    message: /must be known at compile time/,
  },
  { op: "reshape", attributes: { shape: [2, 2] }, shapes: [[N, 3]], message: /\[3\] is not one of \[2,2\]/ },
  { op: "reshape", attributes: { shape: [4] }, shapes: [[N, 4, H, 1]], message: /must be known at compile time/ },
  { op: "slice_channels", attributes: { start: 1, end: 4 }, shapes: [[N, 3, H, H]], message: /from 1 up to 4 among 3/ },
  { op: "fold_frames", attributes: {}, shapes: [[N, 3, H, H]], message: /5 dimensions, not 4/ },
  { op: "global_pool", attributes: { flat: true }, shapes: [[N, 3]], message: /4 dimensions, not 2/ },
  {
    op: "linear",
    attributes: {},
    shapes: [
      [N, 3],
      [4, 2],
    ],
    message: /reads 2 values/,
  },
  { op: "linear", attributes: {}, shapes: [[N, 3], [4, 3], [3]], message: /bias of a linear layer/ },
  {
    op: "mix_bias",
    attributes: { experts: 4 },
    shapes: [[N, 3, H, H], [11], [N, 4, 1]],
    message: /must hold 12 values/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 2], [32], [N, 4, 2]],
    message: /bank holds 576 values; 4 experts of 8x3x3x3 need 864/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [8], [N, 4, 2]],
    message: /bias holds 8 values, not 32/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 3, 2]],
    message: /3 experts, the kernel bank has 4/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4, 3]],
    message: /8 output channels do not divide into 3 blocks/,
  },
  {
    op: "mix_conv",
    attributes: MIX,
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4]],
    message: /shape \[N,experts,blocks\], not 2 dimensions/,
  },
  {
    op: "mix_conv",
    attributes: { ...MIX, factors: [{ over: "in", on: "both" }] },
    shapes: [[N, 3, H, H], [32, 3, 3, 3], [32], [N, 4, 3]],
    message: /only a factor over output channels can weigh the bias/,
  },
  { op: "one_hot", attributes: {}, shapes: [[N, 4]], message: /3 dimensions/ },
  {
    op: "pad",
    attributes: { mode: "reflect", pads: [4, 0, 4, 0] },
    shapes: [[N, 3, 4, H]],
    message: /smaller than the picture/,
  },
  {
    op: "pad",
    attributes: { mode: "reflect", pads: [-1, 0, 0, 0] },
    shapes: [[N, 3, 4, H]],
    message: /only a pad of zeros/,
  },
  {
    op: "pad",
    attributes: { mode: "zeros", pads: [-2, 0, -2, 0] },
    shapes: [[N, 3, 4, H]],
    message: /must leave some/,
  },
  { op: "pixel_shuffle", attributes: { scale: 2 }, shapes: [[N, 6, H, H]], message: /6 channels do not divide by 2²/ },
  { op: "pixel_unshuffle", attributes: { scale: 2 }, shapes: [[N, 6, 5, H]], message: /5 is not a multiple of 2/ },
  {
    op: "pool",
    attributes: { ...WINDOW, kind: "max", pads: [2, 2, 2, 2] },
    shapes: [[N, 3, H, H]],
    message: /at most half its kernel/,
  },
  { op: "prelu", attributes: {}, shapes: [[N, 3, H, H], [2]], message: /3 values, or one/ },
  { op: "resize", attributes: { mode: "nearest", scale: 2 }, shapes: [[N, 3]], message: /4 dimensions/ },
  {
    op: "route",
    attributes: ROUTER,
    shapes: [[N, 3, H], [8, 3], [8]],
    message: /\[N,C,H,W\] or \[N,C\], not 3 dimensions/,
  },
  { op: "route", attributes: ROUTER, shapes: [[N, 3, H, H], [8, 4], [8]], message: /reads 4 values, its input has 3/ },
  { op: "route", attributes: ROUTER, shapes: [[N, 3, H, H], [8, 3], [4]], message: /bias does not have 8 values/ },
  {
    op: "route",
    attributes: ROUTER,
    shapes: [[N, 3, H, H], [9, 3], [9]],
    message: /gives 9 values, not 4 experts x 2 cardinals/,
  },
  { op: "softmax", attributes: { axis: 4 }, shapes: [[N, 3, H, H]], message: /no axis 4/ },
  { op: "swap_experts", attributes: {}, shapes: [[N, 4, 2]], message: /one cardinal/ },
  { op: "unfold_frames", attributes: {}, shapes: [[N, 3]], message: /4 dimensions/ },
];

it.each(RULES)("$op refuses shapes that break its rule: $message", ({ op, attributes, shapes, message }) => {
  const infer = () => definitionOf(op).infer(attributes, shapes);
  expect(infer).toThrow(RuleError);
  expect(infer).toThrow(message);
});

it("conv and mix_conv follow symbolic sizes", () => {
  const conv = definitionOf("conv").infer({ ...WINDOW, pads: [1, 1, 1, 1], stride: [2, 1], groups: 1 }, [
    [N, 3, H, symbol("W")],
    [8, 3, 3, 3],
  ]);
  expect(conv).toMatchObject([N, 8, expect.anything(), symbol("W")]);
});
