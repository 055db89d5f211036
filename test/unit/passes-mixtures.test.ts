/** What weighs channels beside mixed convolutions: taken into their kernels where that costs less, and left with a reason. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { type Dim, type Shape, symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { type DenseTensor, dense, sizeOf } from "../../src/ir/ops/dense-tensor.js";
import type { Factor, MixConvAttributes } from "../../src/ir/ops/mixture.js";
import type { PassStep } from "../../src/passes/pass.js";
import { runPasses } from "../../src/passes/run.js";
import { takeIntoMixtures } from "../../src/passes/take-into-mixtures.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import "../support/seed.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

type Weigher = "none" | "mul" | "swapped" | "scale" | "blocks";

interface Mixture {
  readonly channels: number;
  readonly out: number;
  readonly groups: number;
  readonly experts: number;
  readonly kernel: 1 | 3;
  readonly size: Dim;
  readonly bias: MixConvAttributes["bias"];
  readonly on: Factor["on"];
  /** None, one that all experts share, or one that depends on them. */
  readonly taps: "none" | "shared" | "each";
  readonly before: Weigher;
  readonly behind: Weigher;
  /** Constant maps behind the convolution, some before the gate and some behind it. */
  readonly affines: readonly ("affine" | "bias" | "scale")[];
  readonly gateAt: number;
  readonly demodulate: number | null;
}

const PLAIN: Mixture = {
  channels: 4,
  out: 6,
  groups: 1,
  experts: 2,
  kernel: 3,
  size: symbol("S"),
  bias: "none",
  on: "kernel",
  taps: "none",
  before: "none",
  behind: "none",
  affines: [],
  gateAt: 0,
  demodulate: null,
};

function numbers(shape: readonly number[], seed: number): Float64Array {
  const next = randomNumbers(seed);
  return Float64Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1);
}

/** x → gate before → mixture → constant maps and a gate → ReLU. */
function graphOf(mixture: Mixture, outputs: readonly string[] = ["y"]): Graph {
  const { channels, out, groups, experts, kernel, size, bias, taps, affines, demodulate } = mixture;
  const N = symbol("N");
  const inputs: { readonly name: string; readonly shape: Shape }[] = [
    { name: "x", shape: [N, channels, size, size] },
    { name: "beta", shape: [N, experts, 1] },
  ];
  const constants = new Map<string, readonly number[]>([["bank", [experts * out, channels / groups, kernel, kernel]]]);
  const nodes: Node[] = [];
  const node = (op: Node["op"], name: string, read: readonly string[], attributes: object = {}): string => {
    nodes.push({ op, name, inputs: read, attributes, origin: { layer: name, pointer: "" } } as Node);
    return name;
  };
  const gate = (weigher: Weigher, name: string, map: string, width: number): string => {
    if (weigher === "none") return map;
    const shapes = { mul: [N, width, 1, 1], swapped: [1, width, 1, 1], scale: [N, width], blocks: [N, 1, 2] } as const;
    inputs.push({ name: `${name}.weights`, shape: shapes[weigher] });
    const read = [map, `${name}.weights`];
    if (weigher === "mul" || weigher === "swapped")
      return node("mul", name, weigher === "mul" ? read : read.toReversed());
    return node("channel_scale", name, read);
  };
  const x = gate(mixture.before, "before", "x", channels);
  const factors: Factor[] = [{ over: "out", on: mixture.on }];
  const values = ["beta"];
  if (taps !== "none") {
    inputs.push({ name: "taps", shape: [N, taps === "each" ? experts : 1, kernel * kernel] });
    factors.push({ over: "tap", on: "kernel" });
    values.push("taps");
  }
  if (bias !== "none") constants.set("bias", bias === "bank" ? [experts, out] : [out]);
  const pad = (kernel - 1) / 2;
  const window = { kernel: [kernel, kernel], stride: [1, 1], dilation: [1, 1], pads: [pad, pad, pad, pad], groups };
  const biases = bias === "none" ? [] : ["bias"];
  let value = node("mix_conv", "conv", [x, "bank", ...biases, ...values], {
    ...window,
    experts,
    out,
    factors,
    bias,
    demodulate,
  });
  const behind = (at: number): void => {
    if (at === mixture.gateAt) value = gate(mixture.behind, "behind", value, out);
  };
  affines.forEach((kind, index) => {
    behind(index);
    const name = `map${index}`;
    constants.set(`${name}.scale`, kind === "scale" ? [1, out] : [out]);
    constants.set(`${name}.shift`, [out]);
    const read = { affine: [`${name}.scale`, `${name}.shift`], bias: [`${name}.shift`], scale: [`${name}.scale`] }[
      kind
    ];
    value = node(`channel_${kind}`, name, [value, ...read]);
  });
  behind(affines.length);
  node("activation", "y", [value], { fn: "relu" });
  return {
    name: "mixture",
    inputs,
    constants: new Map(
      [...constants].map(([name, shape], index) => [name, { shape, read: async () => numbers(shape, index + 50) }]),
    ),
    nodes,
    outputs: outputs.map((name) => ({ name, value: name })),
    betas: [],
  };
}

/** The same with β of a router that reads x. */
function routed(graph: Graph, { experts, channels }: Mixture, normalise: "softmax" | "sigmoid"): Graph {
  const shape = [experts, channels];
  const linear = { shape, read: async () => numbers(shape, 99) };
  const stages = [{ kind: "linear", bias: false }] as const;
  const attributes = { experts, cardinals: 1, stages, temperature: 1, normalise };
  const origin = { layer: "beta", pointer: "" };
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => name !== "beta"),
    constants: new Map([...graph.constants, ["linear", linear]]),
    nodes: [{ op: "route", name: "beta", inputs: ["x", "linear"], attributes, origin }, ...graph.nodes],
  };
}

function feedsOf({ inputs }: Graph): ReadonlyMap<string, DenseTensor> {
  return new Map(
    inputs.map(({ name, shape }, index) => {
      const known = shape.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 2 : 4));
      return [name, dense(known, numbers(known, index + 1))];
    }),
  );
}

interface Taken {
  readonly graph: Graph;
  readonly steps: readonly PassStep[];
  readonly ops: readonly string[];
}

/** The graph after the pass, which computes the same. */
async function taken(graph: Graph): Promise<Taken> {
  const steps: PassStep[] = [];
  const after = runPasses(graph, [takeIntoMixtures], (step) => steps.push(step));
  const feeds = feedsOf(graph);
  const [expected, actual] = [await evaluate(graph, feeds), await evaluate(after, feeds)];
  for (const [index, { name, value }] of after.outputs.entries()) {
    expect(name).toBe(graph.outputs[index]!.name);
    const [got, want] = [actual.get(value)!, expected.get(graph.outputs[index]!.value)!];
    expect(relativeError(got, want)).toBeLessThanOrEqual(1e-12);
  }
  return { graph: after, steps, ops: after.nodes.map(({ op }) => op).filter((op) => op !== "reshape") };
}

const weigher = fc.constantFrom<Weigher>("none", "mul", "swapped", "scale", "blocks");
const mixtures: fc.Arbitrary<Mixture> = fc
  .record({
    groups: fc.constantFrom(1, 2),
    experts: fc.constantFrom(1, 3),
    kernel: fc.constantFrom(1, 3),
    size: fc.constantFrom<Dim>(symbol("S"), 4),
    bias: fc.constantFrom<MixConvAttributes["bias"]>("none", "plain", "bank"),
    on: fc.constantFrom<Factor["on"]>("kernel", "both"),
    taps: fc.constantFrom<Mixture["taps"]>("none", "shared", "each"),
    before: weigher,
    behind: weigher,
    affines: fc.array(fc.constantFrom<Mixture["affines"][number]>("affine", "bias", "scale"), { maxLength: 2 }),
    gateAt: fc.integer({ min: 0, max: 2 }),
    demodulate: fc.constantFrom(null, null, null, 1e-3),
  })
  .map((drawn) => ({ ...PLAIN, ...drawn }) as Mixture);

describe("whatever weighs channels beside a mixed convolution", () => {
  it("is the same after the pass", async () => {
    let rewritten = 0;
    await fc.assert(
      fc.asyncProperty(mixtures, async (mixture) => {
        const { steps } = await taken(graphOf(mixture));
        rewritten += steps.filter(({ declined }) => declined === undefined).length;
      }),
      { numRuns: 300 },
    );
    expect(rewritten).toBeGreaterThan(200);
  });

  it("is what ONNX Runtime computes, in every lowering", async () => {
    await fc.assert(
      fc.asyncProperty(mixtures, fc.constantFrom("auto", "unfold", "winograd-f4x4"), async (mixture, lowering) => {
        const graph = graphOf(mixture);
        const feeds = feedsOf(graph);
        const expected = (await evaluate(graph, feeds)).get("y")!;
        const { model } = compileGraph(graph, { lowering });
        const [got] = await runGraph(await encoded(model), [feeds]);
        expect(relativeError(got!.get("y")!, expected)).toBeLessThan(TOLERANCES.relative);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a gate", () => {
  it.each(["mul", "swapped", "scale", "blocks"] as const)("is a factor of the kernel: %s", async (kind) => {
    const { ops, graph } = await taken(graphOf({ ...PLAIN, before: kind, behind: kind }));
    expect(ops).toEqual(["mix_conv", "activation"]);
    const conv = graph.nodes.find(({ op }) => op === "mix_conv") as Extract<Node, { op: "mix_conv" }>;
    expect(conv.attributes.factors).toEqual([
      { over: "out", on: "kernel" },
      { over: "in", on: "kernel" },
      { over: "out", on: "kernel" },
    ]);
  });

  it.each(["plain", "bank"] as const)("behind the convolution weighs a bias too: %s", async (bias) => {
    const { graph } = await taken(graphOf({ ...PLAIN, bias, behind: "mul" }));
    const conv = graph.nodes.find(({ op }) => op === "mix_conv") as Extract<Node, { op: "mix_conv" }>;
    expect(conv.attributes).toMatchObject({ bias: "bank", factors: [{ on: "kernel" }, { over: "out", on: "both" }] });
  });

  it("lets a BatchNorm behind it into the bank, and one before it", async () => {
    for (const gateAt of [0, 1]) {
      const { ops } = await taken(graphOf({ ...PLAIN, behind: "mul", affines: ["affine", "affine"], gateAt }));
      expect(ops).toEqual(gateAt === 0 ? ["mix_conv", "activation"] : ["mix_conv", "channel_bias", "activation"]);
    }
  });

  const LEFT: readonly (readonly [string, Partial<Mixture>, string])[] = [
    ["behind a demodulated kernel", { behind: "mul", demodulate: 1e-3 }, "the kernel is demodulated"],
    ["before one", { before: "mul", demodulate: 1e-3 }, "the kernel is demodulated"],
    ["behind a small picture", { behind: "mul", size: 4 }, "costs more than weighing the feature map"],
    ["before one", { before: "scale", size: 4 }, "costs more than weighing the feature map"],
  ];
  it.each(LEFT)("stays %s", async (_, parts, reason) => {
    const mixture = { ...PLAIN, ...parts };
    const { ops, steps } = await taken(graphOf(mixture));
    expect(ops).toEqual(graphOf(mixture).nodes.map(({ op }) => op));
    expect(steps).toMatchObject([{ declined: expect.stringContaining(reason), because: ["conv"] }]);
  });

  it.each([
    ["before", "before"],
    ["behind", "conv"],
  ] as const)("stays %s where what lies between is shown", async (place, shown) => {
    const { ops, steps } = await taken(graphOf({ ...PLAIN, [place]: "mul" }, [shown, "y"]));
    expect(ops).toContain("mul");
    expect(steps).toMatchObject([{ declined: expect.stringContaining("other nodes also read"), because: [shown] }]);
  });

  it("before a small picture comes in where the taps are weighed anyway", async () => {
    const { ops } = await taken(graphOf({ ...PLAIN, before: "mul", size: 4, taps: "shared" }));
    expect(ops).toEqual(["mix_conv", "activation"]);
  });

  it("behind a picture comes in where a BatchNorm can follow, and stays where none does", async () => {
    // 6·4·9 kernel elements against 6·size² of the gate, and 18·size² with scale and shift.
    const beside = { ...PLAIN, behind: "mul", size: 5 } as const;
    expect((await taken(graphOf(beside))).ops).toContain("mul");
    expect((await taken(graphOf({ ...beside, affines: ["affine"] }))).ops).toEqual(["mix_conv", "activation"]);
  });
});

describe("constants behind a mixed convolution", () => {
  it.each(["none", "plain"] as const)("are folded into its bank and bias: %s", async (bias) => {
    const { ops, graph } = await taken(graphOf({ ...PLAIN, bias, affines: ["affine"] }));
    expect(ops).toEqual(["mix_conv", "activation"]);
    expect(graph.nodes[0]!.attributes).toMatchObject({ bias: "plain" });
  });

  it("leave the shift behind a mixed bias", async () => {
    expect((await taken(graphOf({ ...PLAIN, bias: "bank", affines: ["affine"] }))).ops).toEqual([
      "mix_conv",
      "channel_bias",
      "activation",
    ]);
  });

  it.each([
    ["softmax", ["route", "mix_conv", "activation"]],
    ["sigmoid", ["route", "mix_conv", "channel_bias", "activation"]],
  ] as const)("shift every expert's bias where their weights are a %s", async (normalise, ops) => {
    const mixture: Mixture = { ...PLAIN, bias: "bank", on: "both", affines: ["affine"] };
    expect((await taken(routed(graphOf(mixture), mixture, normalise))).ops).toEqual(ops);
  });

  it("leave the shift where all experts have one weight", async () => {
    const mixture: Mixture = { ...PLAIN, bias: "bank", on: "both", affines: ["affine"] };
    const graph = routed(graphOf(mixture), { ...mixture, experts: 1 }, "softmax");
    expect((await taken(graph)).ops).toEqual(["route", "mix_conv", "channel_bias", "activation"]);
  });

  const STAY: readonly (readonly [string, Partial<Mixture>, readonly string[], string])[] = [
    ["a shift behind a mixed bias", { bias: "bank", affines: ["bias"] }, ["y"], "the bias is mixed"],
    [
      "a scale behind a demodulated kernel",
      { affines: ["scale"], demodulate: 1e-3 },
      ["y"],
      "the kernel is demodulated",
    ],
    ["any where the convolution is shown", { affines: ["affine"] }, ["conv", "y"], "other nodes also read"],
  ];
  it.each(STAY)("stay: %s", async (_, parts, outputs, reason) => {
    const graph = graphOf({ ...PLAIN, ...parts }, outputs);
    const { ops, steps } = await taken(graph);
    expect(ops).toEqual(graph.nodes.map(({ op }) => op));
    expect(steps).toMatchObject([{ declined: expect.stringContaining(reason), because: ["conv"] }]);
  });
});
