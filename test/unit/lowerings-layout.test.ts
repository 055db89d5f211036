/** What moves between a canvas and pictures, and that the choice of forms counts it. */
import { describe, expect, it, test } from "vitest";
import type { Graph, Node } from "../../src/ir/graph.js";
import { inferShapes } from "../../src/ir/infer.js";
import { loweringChoices } from "../../src/lowerings/choices.js";
import { chooseForms } from "../../src/lowerings/winograd/choose-form.js";
import { costOf, type LayerProblem, layoutCost } from "../../src/lowerings/winograd/cost.js";
import { EXACT_FORMS } from "../../src/lowerings/winograd/forms.js";
import { FusionFinder } from "../../src/lowerings/winograd/fusion.js";
import { layoutChanges } from "../../src/lowerings/winograd/layout-changes.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";

const SIZE = 48;
const AREA = SIZE * SIZE;
const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;

/** head → (up → ReLU → down → + itself)… → tail, as in the public networks with wide blocks. */
function network(units: number, width: number, blocks: number): Graph {
  const constants = new Map<string, LazyTensor>();
  const nodes: Node[] = [];
  const conv = (name: string, input: string, channels: number, out: number): string => {
    constants.set(`${name}.weight`, { shape: [out, channels, 3, 3], read: async () => new Float32Array() });
    nodes.push({ op: "conv", name, inputs: [input, `${name}.weight`], attributes: PLACE, origin: ORIGIN });
    return name;
  };
  let value = conv("head", "x", 3, units);
  for (let block = 0; block < blocks; block++) {
    const up = conv(`up.${block}`, value, units, units * width);
    nodes.push({
      op: "activation",
      name: `relu.${block}`,
      inputs: [up],
      attributes: { fn: "relu" },
      origin: ORIGIN,
    } as Node);
    const down = conv(`down.${block}`, `relu.${block}`, units * width, units);
    nodes.push({ op: "add", name: `sum.${block}`, inputs: [down, value], attributes: {}, origin: ORIGIN });
    value = `sum.${block}`;
  }
  return {
    name: "test",
    inputs: [{ name: "x", shape: [1, 3, SIZE, SIZE] }],
    constants,
    nodes,
    outputs: [{ name: "y", value: conv("tail", value, units, 12) }],
    betas: [],
  };
}

describe("what moves", () => {
  const graph = network(8, 2, 2);
  const shapes = inferShapes(graph);
  const finder = new FusionFinder(graph, shapes);
  const convolutions = graph.nodes.filter(({ op }) => op === "conv");
  const moved = layoutChanges(graph, shapes, new Map(convolutions.map((node) => [node.name, finder.behind(node)])));

  it.each([
    ["nothing without a canvas", [], 0],
    ["the picture onto the canvas and the result off it", ["head", "up.0", "down.0", "up.1", "down.1", "tail"], 3 + 12],
    ["the head's result once for the convolution and the sum", ["up.0", "down.0", "up.1", "down.1"], 8 + 8],
    ["a wide value between two sides", ["head", "down.0", "up.1", "down.1", "tail"], 3 + 8 + 16 + 12],
    ["both sides of a convolution that is alone there", ["up.1"], 8 + 16],
  ])("%s", (_what, onCanvas, channels) => {
    expect(moved(new Set(onCanvas))).toBe(channels * AREA);
  });
});

describe("the choice", () => {
  const problem = (channels: number, out: number): LayerProblem => ({
    channels,
    out,
    height: SIZE,
    width: SIZE,
    experts: 0,
  });
  const options = { target: "cpu", lowering: "auto" } as const;
  const layers = [problem(32, 128), problem(128, 32), problem(32, 128), problem(128, 32)];
  /** As if all values between layers had so many elements. */
  const between = (elements: number) => (taken: readonly boolean[]) =>
    taken.filter((each, index) => index > 0 && each !== taken[index - 1]).length * elements;

  it("keeps a chain together that would move more than a form gains", () => {
    const sides = (elements: number): number =>
      new Set(chooseForms(layers, options, between(elements)).map(({ form }) => form?.name)).size;
    expect(sides(1e9)).toBe(1);
  });

  it("finds no better one by moving a single layer", () => {
    for (const elements of [0, 1e4, 1e5, 3e5, 1e6, 1e7]) {
      const total = (form: (typeof EXACT_FORMS)[number], taken: readonly boolean[]): number =>
        layers.reduce((sum, layer, i) => sum + costOf(layer, taken[i] ? form : undefined, options).ns, 0) +
        layoutCost(between(elements)(taken), options);
      const chosen = chooseForms(layers, options, between(elements));
      const taken = chosen.map(({ form }) => form !== undefined);
      const found = total(chosen[0]!.candidate, taken);
      for (const form of EXACT_FORMS) {
        expect(found).toBeLessThanOrEqual(total(form, [true, true, true, true]));
        expect(found).toBeLessThanOrEqual(total(form, [false, false, false, false]));
      }
      for (const index of taken.keys()) {
        expect(found).toBeLessThanOrEqual(total(chosen[0]!.candidate, taken.with(index, !taken[index])));
      }
    }
  });

  it("tells costs with the changes of layout that a layer brings", () => {
    const [first] = chooseForms(layers.slice(0, 1), options, ([taken]) => (taken ? 1e6 : 0));
    const form = first!.candidate;
    expect(first!.winograd.ns).toBeCloseTo(costOf(layers[0]!, form, options).ns + layoutCost(1e6, options), 3);
    expect(first!.direct.ns).toBeCloseTo(costOf(layers[0]!, undefined, options).ns, 3);
    const [other] = chooseForms(layers.slice(0, 1), options, ([taken]) => (taken ? 0 : 1e6));
    expect(other!.direct.ns).toBeCloseTo(costOf(layers[0]!, undefined, options).ns + layoutCost(1e6, options), 3);
  });
});

test("constant kernels of wide blocks stay on one canvas, though single ones are as fast directly", () => {
  const lowerings = loweringChoices(network(32, 4, 3), { target: "cpu", lowering: "auto", opset: 17 }).slice(1, -1);
  expect(new Set(lowerings.map(({ lowering }) => lowering)).size).toBe(1);
});
