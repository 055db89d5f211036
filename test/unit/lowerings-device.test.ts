/** The model that chooses lowerings for WebGPU and CUDA: it counts what the emitted graph holds, and chooses by it. */
import { describe, expect, it } from "vitest";
import { compileGraph } from "../../src/compile.js";
import { type Dim, symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import { inputsOf, type MixedLayer, mixedLayer } from "../support/mixed-layer.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

const [N, H, W] = [symbol("N"), symbol("H"), symbol("W")];

const choiceOf = (layer: MixedLayer, lowering = "auto") =>
  compileGraph(mixedLayer(layer), { target: "webgpu", lowering }).choices[0]!;

const figuresOf = (layer: MixedLayer, lowering: string) =>
  choiceOf(layer).weighed!.lowerings.find((each) => each.lowering === lowering)!;

/** Sizes of all values of a graph. */
function sizesOf(graph: GraphProto): ReadonlyMap<string, number> {
  const infos = [...graph.input, ...graph.output, ...graph.value_info].map(({ name, type }) => {
    const dims = type!.tensor_type!.shape!.dim.map(({ dim_value }) => Number(dim_value));
    return [name!, bytes(dims, type!.tensor_type!.elem_type === 7)] as const;
  });
  const constants = graph.initializer.map(({ name, dims, data_type }) => {
    return [name!, bytes(dims.map(Number), data_type === 7)] as const;
  });
  return new Map([...infos, ...constants]);
}

function bytes(dims: readonly number[], isInt64: boolean): number {
  return dims.reduce((product, size) => product * size, isInt64 ? 8 : 4);
}

const isWork = ({ op_type }: NodeProto): boolean => !["Reshape", "Unsqueeze"].includes(op_type!);

describe("the model for devices", () => {
  const cases: readonly (MixedLayer & { readonly as: string })[] = [
    { as: "direct", x: [1, 8, 9, 7], out: 12 },
    { as: "direct", x: [1, 6, 9, 7], out: 8 },
    { as: "grouped", x: [3, 8, 9, 7], out: 12 },
    { as: "grouped", x: [3, 8, 9, 7], out: 12, bias: "plain" },
    { as: "unfold", x: [3, 8, 9, 7], out: 12, groups: 2 },
    { as: "windows", x: [3, 8, 9, 7], out: 40 },
    { as: "windows", x: [3, 8, 9, 7], out: 12, groups: 2, bias: "none", stride: 2 },
    { as: "experts", x: [3, 8, 9, 7], out: 12 },
  ];

  it.each(cases)("counts dispatches and bytes of the graph that is emitted: $as, $x to $out", ({ as, ...layer }) => {
    const { graph } = compileGraph(mixedLayer(layer), { target: "webgpu", lowering: as }).model;
    const sizes = sizesOf(graph);
    const size = (name: string): number => sizes.get(name)!;
    const integers = new Set(graph.initializer.filter(({ data_type }) => data_type === 7).map(({ name }) => name!));
    const moved = graph.node.filter(isWork).map(({ op_type, input, output }) => {
      const read = {
        Slice: () => size(output[0]!),
        Gather: () => size(output[0]!) + size(input[1]!),
      }[op_type!];
      const operands = input.filter((name) => !integers.has(name)).reduce((sum, name) => sum + size(name), 0);
      return (read?.() ?? operands) + size(output[0]!);
    });
    const { dispatches, bytes: counted } = figuresOf(layer, as);
    expect(dispatches).toBe(moved.length);
    expect(counted).toBe(moved.reduce((sum, each) => sum + each));
  });

  it("counts a small layer as it is counted by hand", () => {
    const layer: MixedLayer = { x: [1, 8, 4, 4], out: 8, experts: 2, cardinals: 2 };
    // Kernel and bias by Einsum, then Conv: β [1,2,2] each; bank 2·8·8·9, kernel 8·8·9; biases 2·8 and 8; x and y 8·4·4.
    const kernel = 8 * 8 * 9;
    expect(figuresOf(layer, "direct")).toMatchObject({
      dispatches: 3,
      bytes: 4 * (4 + 2 * kernel + kernel + (4 + 2 * 8 + 8) + (128 + kernel + 8 + 128)),
      temporaryBytes: 4 * (kernel + 8),
      macs: 2 * kernel + 2 * 8 + kernel * 16,
    });
    // Windows of nine taps, beside them the padded picture, and afterwards the kernel.
    expect(figuresOf({ ...layer, bias: "none" }, "windows")).toMatchObject({
      dispatches: 4,
      temporaryBytes: 4 * (8 * 9 * 16 + Math.max(8 * 6 * 6, kernel)),
    });
  });

  it.each<{ readonly x: readonly [Dim, number, Dim, Dim]; readonly out?: number; readonly runs: string }>([
    { x: [1, 64, 64, 64], runs: "direct" },
    { x: [1, 64, H, W], runs: "direct" },
    { x: [4, 64, 32, 32], runs: "grouped" },
    { x: [16, 64, 48, 48], runs: "grouped" },
    { x: [N, 64, H, W], runs: "windows" },
    { x: [N, 64, 48, 48], out: 16, runs: "windows" },
  ])("has $x run by $runs", ({ x, out = 64, runs }) => {
    const { lowering, weighed, reason } = choiceOf({ x, out, cardinals: 16 });
    expect(lowering).toBe(runs);
    const [least, next] = weighed!.lowerings;
    expect(least!.lowering).toBe(runs);
    expect(reason).toContain(`as ${next!.lowering}`);
    expect(weighed!.at).toEqual(x.map((size, axis) => (typeof size === "number" ? size : [16, 0, 48, 48][axis])));
  });

  it("is not asked where a lowering is named, nor on targets with control flow", () => {
    expect(choiceOf({ x: [4, 8, 6, 6], out: 8 }, "unfold")).toMatchObject({
      lowering: "unfold",
      reason: expect.stringMatching(/^requested: /),
    });
    const [choice] = compileGraph(mixedLayer({ x: [N, 8, H, W], out: 8 }), { target: "cpu", winograd: false }).choices;
    expect(choice).not.toHaveProperty("weighed");
  });
});

describe("products on targets that compute them in tiles", () => {
  const rowsOf = (target: "webgpu" | "cpu", layer: MixedLayer): readonly string[] => {
    const { graph } = compileGraph(mixedLayer(layer), { target, lowering: "windows" }).model;
    return graph.node.map(({ op_type }) => op_type!).filter((op) => op === "MatMul" || op === "Einsum");
  };
  it("have no matrix of one row", () => {
    expect(rowsOf("webgpu", { x: [N, 64, H, W], out: 64 })).toEqual(["Einsum", "MatMul", "Einsum"]);
    expect(rowsOf("webgpu", { x: [N, 8, H, W], out: 8, groups: 8 })).toEqual(["Einsum", "Einsum", "Einsum"]);
    expect(rowsOf("cpu", { x: [N, 8, H, W], out: 8, groups: 8 })).toEqual(["MatMul", "MatMul", "MatMul"]);
  });
});

describe("windows", () => {
  const layers: readonly MixedLayer[] = [
    { x: [N, 6, H, W], out: 4 },
    { x: [N, 6, H, W], out: 6, groups: 3, bias: "plain" },
    { x: [2, 4, 11, 8], out: 8, stride: 2, dilation: 2 },
    { x: [N, 4, 9, W], out: 8, kernel: 5, stride: 3, bias: "none" },
    { x: [N, 4, H, W], out: 2, kernel: 1, stride: 2 },
    // More places than a file is to hold.
    { x: [N, 2, 40, 40], out: 2 },
  ];
  it.each(layers)("are those of the reference: %o", async (layer) => {
    const graph = mixedLayer(layer);
    const inputs = inputsOf(graph, [3, 7, 10]);
    const expected = (await evaluate(graph, inputs)).get("y")!;
    for (const target of ["webgpu", "cpu"] as const) {
      const { model, choices } = compileGraph(graph, { target, lowering: "windows" });
      const [actual] = await runGraph(await encoded(model), [inputs]);
      expect(choices[0]!.lowering).toBe("windows");
      expect(relativeError(actual!.get("y")!, expected)).toBeLessThanOrEqual(1e-6);
    }
  });

  it("of layers of one size are found once", () => {
    const one = mixedLayer({ x: [N, 4, H, W], out: 4, bias: "none" });
    const [first] = one.nodes;
    const two = {
      ...one,
      nodes: [
        { ...first!, name: "before" },
        { ...first!, inputs: ["before", "bank", "beta"] },
      ],
    };
    const { graph } = compileGraph(two, { target: "webgpu" }).model;
    const gathers = graph.node.filter(({ op_type }) => op_type === "Gather");
    expect(new Set(gathers.map(({ input }) => input[1])).size).toBe(1);
    expect(gathers).toHaveLength(2);
  });
});

it("takes means by ReduceMean where GlobalAveragePool runs a thread for each channel", () => {
  const means = (target: "webgpu" | "cpu", flat: boolean): readonly string[] => {
    const graph = {
      name: "mean",
      inputs: [{ name: "x", shape: [N, 4, H, W] }],
      constants: new Map(),
      nodes: [
        { op: "global_pool", name: "y", inputs: ["x"], attributes: { flat }, origin: { layer: "y", pointer: "" } },
      ],
      outputs: [{ name: "y", value: "y" }],
      betas: [],
    } as const;
    return compileGraph(graph, { target }).model.graph.node.map(({ op_type }) => op_type!);
  };
  expect(means("webgpu", true)).toEqual(["ReduceMean"]);
  expect(means("webgpu", false)).toEqual(["ReduceMean"]);
  expect(means("cpu", true)).toEqual(["GlobalAveragePool", "Flatten"]);
  expect(means("cpu", false)).toEqual(["GlobalAveragePool"]);
});
