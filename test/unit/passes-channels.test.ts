/** Passes that act on channels: BatchNorm into weights, factors onto activations, demodulation onto the output. */
import { describe, expect, it } from "vitest";
import { prepareGraph } from "../../src/compile.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph } from "../../src/ir/graph.js";
import { absoluteError } from "../support/sessions.js";
import { type Model, type ModelParts, model, type TensorValues, tensor, valuesOf } from "./layers/model.js";

const ops = (graph: Graph): readonly string[] => graph.nodes.map(({ op }) => op);

const NORM = { "n.weight": [6], "n.bias": [6], "n.running_mean": [6], "n.running_var": [6] };

/** Values whose variances are positive. */
function tensors(shapes: Readonly<Record<string, readonly number[]>>): TensorValues {
  const values = Object.entries(valuesOf(shapes)).map(([name, { shape, data }]) => [
    name,
    { shape, data: name.endsWith("running_var") ? data.map((value) => value ** 2 + 0.01) : data },
  ]);
  return Object.fromEntries(values) as TensorValues;
}

/** The passes leave a model's outputs as they are, to float64's last digits. */
async function expectSame({ spec, weights }: Model, inputs: TensorValues): Promise<Graph> {
  const { graph: built } = buildGraph(spec, weights);
  const graph = prepareGraph(spec, weights);
  const feeds = new Map(Object.entries(inputs).map(([name, value]) => [name, tensor(value)]));
  const [expected, actual] = [await evaluate(built, feeds), await evaluate(graph, feeds)];
  for (const { name, value } of built.outputs) {
    const got = actual.get(graph.outputs.find((output) => output.name === name)!.value)!;
    expect(absoluteError(got, expected.get(value)!)).toBeLessThanOrEqual(1e-13);
  }
  return graph;
}

const X = { x: ["N", 4, "H", "W"] };
const FEEDS = valuesOf({ x: [2, 4, 5, 6] });

describe("batch_norm", () => {
  const conv = { name: "c", op: "conv", in: "x", out: 6, kernel: 3, pad: 1 };
  const norm = { name: "n", op: "batch_norm", in: "c" };
  const shapes = { "c.weight": [6, 4, 3, 3], "c.bias": [6], ...NORM };

  it("is folded into the convolution before it", async () => {
    const graph = await expectSame(model({ layers: [conv, norm], inputs: X, tensors: tensors(shapes) }), FEEDS);
    expect(ops(graph)).toEqual(["conv"]);
  });

  it("is folded in float64: no weight is rounded on the way", async () => {
    const values = tensors(shapes);
    const graph = prepareGraph(...parts(model({ layers: [conv, norm], inputs: X, tensors: values })));
    const [, weightName, biasName] = graph.nodes[0]!.inputs as [string, string, string];
    const [weight, bias] = [await graph.constants.get(weightName)!.read(), await graph.constants.get(biasName)!.read()];
    const at = (name: string, c: number): number => values[name]!.data[c]!;
    const scale = (o: number): number => at("n.weight", o) / Math.sqrt(at("n.running_var", o) + 1e-5);
    values["c.weight"]!.data.forEach((w, i) => {
      expect(weight[i]).toBe(w * scale(Math.floor(i / 36)));
    });
    for (let o = 0; o < 6; o++) {
      const shift = at("n.bias", o) - at("n.running_mean", o) * scale(o);
      expect(bias[o]).toBe(at("c.bias", o) * scale(o) + shift);
    }
  });

  it("is folded into a linear layer, without bias too", async () => {
    const layers = [
      { name: "p", op: "global_pool", in: "x" },
      { name: "c", op: "linear", in: "p", out: 6, bias: false },
      norm,
    ];
    const graph = await expectSame(
      model({ layers, inputs: X, tensors: tensors({ "c.weight": [6, 4], ...NORM }) }),
      FEEDS,
    );
    expect(ops(graph)).toEqual(["global_pool", "linear"]);
  });

  it("stays where the convolution's own result is read too", async () => {
    const layers = [conv, norm, { name: "y", op: "add", in: ["c", "n"] }];
    const graph = await expectSame(model({ layers, inputs: X, tensors: tensors(shapes) }), FEEDS);
    expect(ops(graph)).toEqual(["conv", "channel_affine", "add"]);
  });

  it("stays where the convolution's own result is an output", async () => {
    const parts = { layers: [conv, norm], inputs: X, tensors: tensors(shapes), outputs: ["n", "c"] };
    expect(ops(await expectSame(model(parts), FEEDS))).toEqual(["conv", "channel_affine"]);
  });
});

/** Arguments of `prepareGraph`. */
function parts({ spec, weights }: Model): [Model["spec"], Model["weights"]] {
  return [spec, weights];
}

describe("factors over channels of one kernel", () => {
  const style = { style: ["N", 3] };
  const feeds = { ...FEEDS, ...valuesOf({ style: [2, 3] }, 2) };
  const router = (name: string, cardinals: number) => ({
    name,
    op: "route",
    in: "style",
    mlp: ["linear"],
    experts: 1,
    cardinals,
    normalise: "sigmoid",
  });
  const build = (
    mix: object,
    routers: readonly [name: string, cardinals: number][],
    bias?: readonly number[],
  ): ModelParts => ({
    layers: [
      ...routers.map(([name, cardinals]) => router(name, cardinals)),
      { name: "y", op: "mix_conv", in: "x", out: 6, kernel: 3, pad: 1, bias: false, ...mix },
    ],
    inputs: { ...X, ...style },
    tensors: tensors({
      "y.weight": [6, 4 / ((mix as { groups?: number }).groups ?? 1), 3, 3],
      ...(bias ? { "y.bias": bias } : {}),
      ...Object.fromEntries(
        routers.flatMap(([name, d]) => [
          [`${name}.mlp.0.weight`, [d, 3]],
          [`${name}.mlp.0.bias`, [d]],
        ]),
      ),
    }),
  });

  it("over the input act on the input", async () => {
    const graph = await expectSame(model(build({ factors: [{ beta: "a", over: "in" }] }, [["a", 4]])), feeds);
    expect(ops(graph)).toEqual(["route", "channel_scale", "conv"]);
  });

  it("over the output act on the output, before the plain bias", async () => {
    const mix = { factors: [{ beta: "a", over: "out", on: "kernel" }], bias: "plain" };
    const graph = await expectSame(model(build(mix, [["a", 3]], [6])), feeds);
    expect(ops(graph)).toEqual(["route", "conv", "channel_scale", "channel_bias"]);
  });

  it("of both kinds, in blocks and groups", async () => {
    const factors = [
      { beta: "a", over: "in" },
      { beta: "b", over: "out", on: "kernel" },
      { beta: "c", over: "in" },
    ];
    const graph = await expectSame(
      model(
        build({ factors, groups: 2 }, [
          ["a", 4],
          ["b", 6],
          ["c", 2],
        ]),
      ),
      feeds,
    );
    expect(ops(graph)).not.toContain("mix_conv");
  });

  it("demodulated: the norms of the weighed rows act on the output", async () => {
    const factors = [
      { beta: "a", over: "in" },
      { beta: "b", over: "out", on: "kernel" },
    ];
    const graph = await expectSame(
      model(
        build(
          { factors, demodulate: { epsilon: 1e-8 }, bias: "plain" },
          [
            ["a", 2],
            ["b", 3],
          ],
          [6],
        ),
      ),
      feeds,
    );
    expect(ops(graph)).toContain("demodulation");
    expect(ops(graph)).not.toContain("mix_conv");
  });

  it.each([
    ["over taps", { factors: [{ beta: "a", over: "tap" }] }, 9, undefined],
    ["with a mixed bias", { factors: [{ beta: "a", over: "out" }], bias: true }, 6, [6]],
    [
      "demodulated in groups",
      { factors: [{ beta: "a", over: "in" }], groups: 2, demodulate: { epsilon: 1e-8 } },
      4,
      undefined,
    ],
  ] as const)("%s stay in the kernel", async (_, mix, cardinals, bias) => {
    expect(ops(await expectSame(model(build(mix, [["a", cardinals]], bias)), feeds))).toEqual(["route", "mix_conv"]);
  });

  it("make values whose names no layer has", async () => {
    const { layers, ...rest } = build(
      {
        factors: [
          { beta: "a", over: "in" },
          { beta: "b", over: "out", on: "kernel" },
        ],
      },
      [
        ["a", 4],
        ["b", 6],
      ],
    );
    const taken = ["y.input0", "y.output0", "y.demodulation"].map((name) => ({ name, op: "relu", in: "x" }));
    const parts = { ...rest, layers: [...taken, ...layers], outputs: ["y", ...taken.map(({ name }) => name)] };
    expect(ops(await expectSame(model(parts), feeds))).not.toContain("mix_conv");
  });
});
