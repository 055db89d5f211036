/** Random chains of layers on canvases, with enlarged pictures between them and what may close them: as the reference has them. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { randomTensor } from "../support/random-tensor.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

/** More cases, and others, are asked for by the environment: `SMXC_CASES=500 SMXC_SEED=7 npx vitest run …`. */
const CASES = Number(process.env.SMXC_CASES ?? 12);
const SEED = Number(process.env.SMXC_SEED ?? 20060435);

const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
/** The largest side of a chain's result: the reference takes a second for as much. */
const LARGEST_SIDE = 110;

const layer = fc.record({
  /** In front of it. */
  enlarging: fc.constantFrom(1, 1, 2, 3, 4),
  activation: fc.constantFrom("none", "relu", "leaky_relu", "prelu"),
  hasResidual: fc.boolean(),
});

const chain = fc.record({
  channels: fc.integer({ min: 12, max: 20 }),
  layers: fc.array(layer, { minLength: 1, maxLength: 3 }),
  /** Of the pixels in front of the last convolution; its outputs. */
  shuffle: fc.constantFrom(1, 1, 2, 3),
  order: fc.constantFrom("CRD", "DCR"),
  outputs: fc.integer({ min: 1, max: 2 }),
  hasBias: fc.boolean(),
  form: fc.constantFrom("f4x4", "f4x6", "f6x6"),
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 1, max: 100 }),
  width: fc.integer({ min: 1, max: 100 }),
});
type Chain = typeof chain extends fc.Arbitrary<infer T> ? T : never;

function scaleOf({ layers, shuffle }: Chain): number {
  return layers.reduce<number>((scale, { enlarging }) => scale * enlarging, shuffle);
}

function graphOf(each: Chain, size: "open" | "fixed"): Graph {
  const { channels, layers, shuffle, order, outputs, hasBias } = each;
  const constants = new Map<string, LazyTensor>();
  const nodes: Node[] = [];
  const node = (op: string, inputs: readonly string[], attributes: object = {}): string => {
    const name = `${op}${nodes.length}`;
    nodes.push({ op, name, inputs, attributes, origin: ORIGIN } as Node);
    return name;
  };
  const constant = (...shape: number[]): string => {
    const name = `constant${constants.size}`;
    constants.set(name, randomTensor(shape, constants.size + 1));
    return name;
  };
  let value = "x";
  layers.forEach(({ enlarging, activation, hasResidual }, index) => {
    if (enlarging > 1) value = node("resize", [value], { mode: "nearest", scale: enlarging });
    const before = value;
    const out = index === layers.length - 1 ? channels * shuffle ** 2 : channels;
    value = node("conv", [value, constant(out, channels, 3, 3), constant(out)], PLACE);
    if (activation === "prelu") value = node("prelu", [value, constant(out)]);
    else if (activation !== "none")
      value = node("activation", [value], activation === "relu" ? { fn: "relu" } : { fn: "leaky_relu", slope: 0.2 });
    if (hasResidual && out === channels) value = node("add", [value, before]);
  });
  if (shuffle > 1) value = node("pixel_shuffle", [value], { scale: shuffle, order });
  value = node("conv", [value, constant(outputs, channels, 3, 3), ...(hasBias ? [constant(outputs)] : [])], PLACE);
  const shape = size === "open" ? [symbol("N"), channels, symbol("H"), symbol("W")] : shapeOf(each);
  return {
    name: "chain",
    inputs: [{ name: "x", shape }],
    constants,
    nodes,
    outputs: [{ name: "y", value }],
    betas: [],
  };
}

function shapeOf({ batch, channels, height, width }: Chain): readonly number[] {
  return [batch, channels, height, width];
}

it("chains of layers give what the reference gives, of open and fixed sizes", { timeout: 1e9 }, async () => {
  const small = chain.map((each) => {
    const most = Math.max(1, Math.floor(LARGEST_SIDE / scaleOf(each)));
    return { ...each, height: Math.min(each.height, most), width: Math.min(each.width, most) };
  });
  await fc.assert(
    fc.asyncProperty(small, async (each) => {
      const lowering = `winograd-${each.form}`;
      const graph = graphOf(each, "fixed");
      const next = randomNumbers(each.height * each.width);
      const count = shapeOf(each).reduce((product, extent) => product * extent, 1);
      const x = dense(
        shapeOf(each),
        Array.from({ length: count }, () => Math.fround(next() - 0.5)),
      );
      const feeds = new Map([["x", x]]);
      const expected = (await evaluate(graph, feeds)).get(graph.outputs[0]!.value)!;
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const made of [graph, graphOf(each, "open")]) {
        const [found] = await runGraph(await encoded(compileGraph(made, { lowering }).model), [feeds]);
        const limit = TOLERANCES.absolute + TOLERANCES.relative * largest;
        expect(found!.get("y")!.shape).toEqual(expected.shape);
        expect(absoluteError(found!.get("y")!, expected)).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: CASES, seed: SEED },
  );
});
