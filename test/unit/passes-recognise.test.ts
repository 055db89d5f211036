/** Passes for what ONNX graphs bring: activations in several nodes, neutral nodes, channels scaled and shifted by constants. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense, sizeOf } from "../../src/ir/ops/dense-tensor.js";
import { PASSES } from "../../src/passes/index.js";
import { runPasses } from "../../src/passes/run.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { absoluteError } from "../support/sessions.js";

type Step = readonly [name: string, op: Node["op"], inputs: readonly string[], attributes?: object];

const X = [2, 4, 3, 3];

function random(shape: readonly number[], seed: number): Float64Array {
  const next = randomNumbers(seed);
  return Float64Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1);
}

function graphOf(
  steps: readonly Step[],
  constants: Readonly<Record<string, readonly number[]>> = {},
  outputs: readonly string[] = ["y"],
): Graph {
  const tensors = Object.entries(constants).map(([name, shape], index): readonly [string, LazyTensor] => [
    name,
    { shape, read: async () => random(shape, index + 2) },
  ]);
  return {
    name: "test",
    inputs: [{ name: "x", shape: X }],
    constants: new Map(tensors),
    nodes: steps.map(
      ([name, op, inputs, attributes = {}]) =>
        ({ name, op, inputs, attributes, origin: { layer: name, pointer: "" } }) as Node,
    ),
    outputs: outputs.map((name) => ({ name, value: name })),
    betas: [],
  };
}

/** The graph after all passes, which computes the same. */
async function passed(graph: Graph): Promise<Graph> {
  const after = runPasses(graph, PASSES);
  const feeds = new Map([["x", dense(X, random(X, 1))]]);
  const [expected, actual] = [await evaluate(graph, feeds), await evaluate(after, feeds)];
  for (const { name, value } of after.outputs)
    expect(absoluteError(actual.get(value)!, expected.get(name)!)).toBeLessThanOrEqual(1e-7);
  return after;
}

const kinds = ({ nodes }: Graph): readonly string[] =>
  nodes.map((node) => (node.op === "activation" ? node.attributes.fn : node.op));

const SIGMOID: Step = ["s", "activation", ["x"], { fn: "sigmoid" }];

describe("x · sigmoid(x)", () => {
  it.each([[["x", "s"]], [["s", "x"]]])("is SiLU: %j", async (inputs) => {
    expect(kinds(await passed(graphOf([SIGMOID, ["y", "mul", inputs]])))).toEqual(["silu"]);
  });

  it("is none of another value", async () => {
    const other: Step = ["r", "activation", ["x"], { fn: "relu" }];
    expect(kinds(await passed(graphOf([SIGMOID, other, ["y", "mul", ["r", "s"]]])))).toEqual([
      "sigmoid",
      "relu",
      "mul",
    ]);
  });

  it("stays where the gate is read elsewhere", async () => {
    const graph = graphOf([SIGMOID, ["y", "mul", ["x", "s"]]], {}, ["y", "s"]);
    expect(kinds(await passed(graph))).toEqual(["sigmoid", "mul"]);
  });
});

describe("x/2 · (1 + erf(x/√2))", () => {
  const gate = (from = "x", scale = Math.fround(1 / Math.SQRT2)): readonly Step[] => [
    ["u", "affine", [from], { scale, shift: 0 }],
    ["e", "activation", ["u"], { fn: "erf" }],
    ["g", "affine", ["e"], { scale: 1, shift: 1 }],
  ];
  const half = (name: string, from: string): Step => [name, "affine", [from], { scale: 0.5, shift: 0 }];

  it.each<readonly [string, readonly Step[]]>([
    ["the half last", [["p", "mul", ["x", "g"]], half("y", "p")]],
    ["the half first", [half("h", "x"), ["y", "mul", ["h", "g"]]]],
    ["the half of the gate", [half("h", "g"), ["y", "mul", ["h", "x"]]]],
  ])("is GELU: %s", async (_, rest) => {
    expect(kinds(await passed(graphOf([...gate(), ...rest])))).toEqual(["gelu"]);
  });

  it("is GELU of a scaled value", async () => {
    const steps: readonly Step[] = [["a", "affine", ["x"], { scale: 3, shift: 0 }], ...gate("a")];
    const graph = graphOf([...steps, ["p", "mul", ["a", "g"]], half("y", "p")]);
    expect(kinds(await passed(graph))).toEqual(["affine", "gelu"]);
  });

  it.each<readonly [string, readonly Step[]]>([
    ["another divisor", [...gate("x", 0.7), ["p", "mul", ["x", "g"]], half("y", "p")]],
    ["another factor", [...gate(), ["p", "mul", ["x", "g"]], ["y", "affine", ["p"], { scale: 0.4, shift: 0 }]]],
    ["a shift", [...gate(), ["p", "mul", ["x", "g"]], ["y", "affine", ["p"], { scale: 0.5, shift: 1 }]]],
    ["a third factor", [...gate(), ["p", "mul", ["x", "g"]], ["q", "mul", ["p", "x"]], half("y", "q")]],
  ])("is something else with %s", async (_, steps) => {
    expect(kinds(await passed(graphOf(steps)))).not.toContain("gelu");
  });
});

it("what multiplies by one and adds nothing goes", async () => {
  const neutral = { scale: 1, shift: 0 };
  const graph = graphOf([
    ["a", "affine", ["x"], neutral],
    ["b", "activation", ["a"], { fn: "relu" }],
    ["y", "affine", ["b"], neutral],
  ]);
  expect(kinds(await passed(graph))).toEqual(["relu"]);
});

describe("constants of each channel behind a layer", () => {
  const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1] };
  const conv: Step = ["c", "conv", ["x", "w"], { ...window, groups: 1 }];
  const transposed: Step = ["c", "conv_transpose", ["x", "w"], { ...window, groups: 2, outputPads: [0, 0] }];
  const W = { w: [6, 4, 3, 3] };

  it.each<readonly [string, readonly Step[], Readonly<Record<string, readonly number[]>>]>([
    ["a bias", [conv, ["y", "channel_bias", ["c", "b"]]], { ...W, b: [6] }],
    ["a scale", [conv, ["y", "channel_scale", ["c", "s"]]], { ...W, s: [1, 6] }],
    ["a scale of blocks", [conv, ["y", "channel_scale", ["c", "s"]]], { ...W, s: [1, 1, 2] }],
    [
      "a scale, then a bias",
      [conv, ["s1", "channel_scale", ["c", "s"]], ["y", "channel_bias", ["s1", "b"]]],
      { ...W, s: [1, 6], b: [6] },
    ],
    ["both", [transposed, ["y", "channel_affine", ["c", "s", "b"]]], { w: [4, 3, 3, 3], s: [6], b: [6] }],
  ])("are folded into it: %s", async (_, steps, constants) => {
    expect((await passed(graphOf(steps, constants))).nodes).toHaveLength(1);
  });

  it("stay where another reads the layer", async () => {
    const graph = graphOf([conv, ["y", "channel_bias", ["c", "b"]]], { ...W, b: [6] }, ["y", "c"]);
    expect(kinds(await passed(graph))).toEqual(["conv", "channel_bias"]);
  });
});

describe("weights of experts", () => {
  const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] };
  const mixture = (factors: readonly string[], name = "y"): Step => [
    name,
    "mix_conv",
    ["x", "bank", ...factors],
    {
      ...window,
      groups: 1,
      experts: 3,
      out: 6,
      factors: factors.map(() => ({ over: "out", on: "kernel" })),
      bias: "none",
      demodulate: null,
    },
  ];
  const pool = (flat: boolean): Step => ["p", "global_pool", ["x"], { flat }];
  const POOL = pool(true);
  const LOGITS: Step = ["l", "linear", ["p", "w", "b"]];
  const SOFTMAX: Step = ["s", "softmax", ["l"], { axis: 1 }];
  const ALPHA: Step = ["a", "reshape", ["s"], { shape: [3, 1] }];
  const CONSTANTS = { bank: [3 * 6 * 4], w: [3, 4], b: [3] };

  it.each<readonly [string, readonly Step[], Readonly<Record<string, readonly number[]>>, object]>([
    ["one linear layer", [POOL, LOGITS, SOFTMAX, ALPHA], CONSTANTS, { stages: [{ kind: "linear", bias: true }] }],
    [
      "two, with a temperature",
      [
        POOL,
        ["h", "linear", ["p", "v"]],
        ["r", "activation", ["h"], { fn: "relu" }],
        ["l", "linear", ["r", "w", "b"]],
        ["t", "affine", ["l"], { scale: 0.5, shift: 0 }],
        ["s", "softmax", ["t"], { axis: 1 }],
        ALPHA,
      ],
      { ...CONSTANTS, v: [4, 4] },
      { temperature: 2, stages: [{ bias: false }, { kind: "activation" }, { bias: true }] },
    ],
    [
      "convolutions of one pixel",
      [
        pool(false),
        ["h", "conv", ["p", "v"], { ...window, groups: 1 }],
        ["f", "reshape", ["h"], { shape: [3] }],
        ["s", "softmax", ["f"], { axis: 1 }],
        ALPHA,
      ],
      { bank: [72], v: [3, 4, 1, 1] },
      { experts: 3, normalise: "softmax" },
    ],
    [
      "cardinals",
      [
        POOL,
        ["h", "linear", ["p", "v"]],
        ["f", "reshape", ["h"], { shape: [3, 2] }],
        ["s", "softmax", ["f"], { axis: 1 }],
        ["a", "reshape", ["s"], { shape: [3, 2] }],
      ],
      { bank: [72], v: [6, 4] },
      { experts: 3, cardinals: 2 },
    ],
    [
      "a softmax over the last of several axes",
      [
        POOL,
        LOGITS,
        ["f", "reshape", ["l"], { shape: [1, 1, 3] }],
        ["s", "softmax", ["f"], { axis: 3 }],
        ["a", "reshape", ["s"], { shape: [3, 1] }],
      ],
      CONSTANTS,
      { normalise: "softmax" },
    ],
    [
      "a sigmoid",
      [POOL, LOGITS, ["s", "activation", ["l"], { fn: "sigmoid" }], ALPHA],
      CONSTANTS,
      { normalise: "sigmoid" },
    ],
  ])("are those of a router: %s", async (_, steps, constants, attributes) => {
    const { nodes } = await passed(graphOf([...steps, mixture(["a"])], constants));
    expect(nodes).toMatchObject([{ op: "route", inputs: { 0: "x" }, attributes }, { op: "mix_conv" }]);
  });

  it("are those of one router for several mixtures", async () => {
    const steps = [POOL, LOGITS, SOFTMAX, ALPHA, ["c", "reshape", ["s"], { shape: [3, 1] }] as const];
    const graph = graphOf([...steps, mixture(["a"], "z"), mixture(["c"])], CONSTANTS, ["y", "z"]);
    expect(kinds(await passed(graph))).toEqual(["route", "mix_conv", "mix_conv"]);
  });

  it("may be a hard choice", async () => {
    const steps: readonly Step[] = [
      POOL,
      LOGITS,
      ["r", "reshape", ["l"], { shape: [3, 1] }],
      ["a", "one_hot", ["r"]],
      mixture(["a"]),
    ];
    expect(kinds(await passed(graphOf(steps, CONSTANTS)))).toEqual(["route", "one_hot", "mix_conv"]);
  });

  it.each<readonly [string, readonly Step[], readonly string[]]>([
    ["they are shown", [POOL, LOGITS, SOFTMAX, ALPHA, mixture(["a"])], ["y", "s"]],
    [
      "their softmax is over blocks",
      [
        POOL,
        ["h", "linear", ["p", "v"]],
        ["f", "reshape", ["h"], { shape: [3, 2] }],
        ["s", "softmax", ["f"], { axis: 2 }],
        ["a", "reshape", ["s"], { shape: [3, 2] }],
        mixture(["a"]),
      ],
      ["y"],
    ],
    ["the logits are shown", [POOL, LOGITS, SOFTMAX, ALPHA, mixture(["a"])], ["y", "l"]],
  ])("stay where %s", async (_, steps, outputs) => {
    const after = await passed(graphOf(steps, { ...CONSTANTS, v: [6, 4] }, outputs));
    expect(kinds(after)).not.toContain("route");
  });
});
