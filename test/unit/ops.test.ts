/** Every operator: the reference on examples worked out by hand, ONNX Runtime on the same, and the rules that it has. */
import { describe, expect, it } from "vitest";
import { symbol } from "../../src/ir/dim.js";
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
import { H, N, RULES, WINDOW } from "./ops/rules.js";

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
