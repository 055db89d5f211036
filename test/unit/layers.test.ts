/** Every kind of layer: its example builds, and it computes what PyTorch does. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import { LAYERS, type LayerKind } from "../../src/frontends/document/layers/index.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { absoluteError, encoded, relativeError, runGraph } from "../support/sessions.js";
import { model, type TensorValues, tensor, valuesOf } from "./layers/model.js";

/** What a layer's example reads: shapes of values and of tensors. */
interface Surroundings {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly tensors?: Readonly<Record<string, readonly number[]>>;
}

const MAP = ["N", 4, "H", "W"] as const;
const WIDE = ["N", 8, "H", "W"] as const;

const SURROUNDINGS: { readonly [Kind in LayerKind]: Surroundings } = {
  add: { inputs: { "body.1.body.2": MAP, "body.0": MAP } },
  affine: { inputs: { x: MAP } },
  average_pool: { inputs: { conv1: MAP } },
  batch_norm: {
    inputs: { conv1: MAP },
    tensors: { "bn1.weight": [4], "bn1.bias": [4], "bn1.running_mean": [4], "bn1.running_var": [4] },
  },
  channel_scale: { inputs: { "body.1": MAP, gate: ["N", 4] } },
  clamp: { inputs: { y: MAP } },
  concat: { inputs: { a: MAP, b: WIDE } },
  conv: { inputs: { centre: MAP }, tensors: { "body.0.weight": [8, 4, 3, 3], "body.0.bias": [8] } },
  fold_frames: { inputs: { x: ["N", 3, 5, "H", "W"] } },
  gelu: { inputs: { "body.1.body.0": MAP } },
  global_pool: { inputs: { "body.1": MAP } },
  leaky_relu: { inputs: { conv: MAP } },
  linear: { inputs: { squeeze: ["N", 4] }, tensors: { "fc.weight": [8, 4], "fc.bias": [8] } },
  max_pool: { inputs: { conv1: MAP } },
  mix_conv: {
    inputs: { "body.0": MAP, "body.1.body.0.beta": ["N", 3, 2] },
    tensors: { "body.1.body.0.weight": [24, 4, 3, 3], "body.1.body.0.bias": [24] },
  },
  mul: { inputs: { "body.1.body.2": MAP, "body.0": MAP } },
  pad: { inputs: { x: MAP } },
  pixel_shuffle: { inputs: { sum: WIDE } },
  pixel_unshuffle: { inputs: { x: MAP } },
  prelu: { inputs: { conv: MAP }, tensors: { "act.weight": [4] } },
  relu: { inputs: { "body.1.body.0": MAP } },
  resize: { inputs: { x: MAP } },
  route: {
    inputs: { "body.0": WIDE },
    tensors: { "body.1.body.0.mlp.0.weight": [16, 8], "body.1.body.0.mlp.0.bias": [16] },
  },
  sigmoid: { inputs: { "body.1.body.0": MAP } },
  silu: { inputs: { "body.1.body.0": MAP } },
  softmax: { inputs: { scores: ["N", 4] } },
  sparse_block: {
    inputs: { x: MAP, "block.beta": ["N", 4, 2] },
    tensors: { "block.w1": [32, 4, 3, 3], "block.w2": [24, 8, 3, 3] },
  },
  tanh: { inputs: { "body.1.body.0": MAP } },
  unfold_frames: { inputs: { uncentre: MAP } },
};

describe("the example of each kind of layer", () => {
  it.each(Object.keys(LAYERS) as readonly LayerKind[])("%s builds", (kind) => {
    const { example } = LAYERS[kind];
    const { inputs, tensors = {} } = SURROUNDINGS[kind];
    const { spec, weights } = model({ layers: [example], inputs, tensors: valuesOf(tensors) });
    const { graph, unused } = buildGraph(spec, weights);
    expect(unused).toEqual([]);
    expect(graph.nodes.at(-1)!.name).toBe(example.name);
    expect(new Set(graph.nodes.flatMap(({ inputs: read }) => read).filter((name) => name in inputs))).toEqual(
      new Set(Object.keys(inputs)),
    );
  });
});

/** A single model and what PyTorch computed from it in float64: written by layers/goldens.py. */
interface Golden {
  readonly name: string;
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  readonly inputs: TensorValues;
  readonly tensors: TensorValues;
  readonly y: TensorValues[string];
}

const GOLDENS = JSON.parse(
  readFileSync(new URL("layers/goldens.generated.json", import.meta.url), "utf8"),
) as readonly Golden[];

/** Both sides compute in float64, in different orders. */
const FLOAT64 = 1e-12;

describe("PyTorch", () => {
  it.each(GOLDENS)("agrees on $name", async ({ layers, inputs, tensors, y }) => {
    const { spec, weights } = model({ layers, inputs: openSizes(inputs), tensors });
    const feeds = new Map(Object.entries(inputs).map(([name, value]) => [name, tensor(value)]));
    const expected = tensor(y);
    const { graph } = buildGraph(spec, weights);
    const values = await evaluate(graph, feeds);
    expect(relativeError(values.get("y")!, expected)).toBeLessThanOrEqual(FLOAT64);

    const { model: onnx } = compile(spec, weights);
    const [actual] = await runGraph(await encoded(onnx), [feeds]);
    const magnitude = Math.max(...y.data.map(Math.abs));
    expect(absoluteError(actual!.get("y")!, expected)).toBeLessThanOrEqual(
      TOLERANCES.absolute + TOLERANCES.relative * magnitude,
    );
  });
});

/** The shapes of inputs, with batch, height and width left open. */
function openSizes(inputs: TensorValues): Readonly<Record<string, readonly (number | string)[]>> {
  const shapes = Object.entries(inputs).map(([name, { shape }]): [string, readonly (number | string)[]] => {
    const [, channels, ...spatial] = shape as [number, number, ...number[]];
    return [name, ["N", channels, ...spatial.map((_, axis) => ["H", "W"][axis]!)]];
  });
  return Object.fromEntries(shapes);
}
