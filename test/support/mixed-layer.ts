/** One mixed convolution with random weights, as a graph, and values for its inputs. */
import { randomNumbers } from "../../src/base/random.js";
import type { Dim } from "../../src/ir/dim.js";
import type { Graph } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { MixConvAttributes } from "../../src/ir/ops/mixture.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import type { Values } from "./sessions.js";

export interface MixedLayer {
  /** [N,C,H,W] */
  readonly x: readonly [Dim, number, Dim, Dim];
  readonly out: number;
  readonly experts?: number;
  readonly cardinals?: number;
  readonly groups?: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly bias?: MixConvAttributes["bias"];
}

/** `y` of `x` and `beta`, [N, experts, cardinals]; the kernel's zeros around keep the size at stride 1. */
export function mixedLayer(layer: MixedLayer): Graph {
  const { x, out, experts = 4, cardinals = 2, groups = 1, kernel = 3, stride = 1, dilation = 1, bias = "bank" } = layer;
  const pad = (dilation * (kernel - 1)) / 2;
  const attributes: MixConvAttributes = {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [dilation, dilation],
    pads: [pad, pad, pad, pad],
    groups,
    experts,
    out,
    factors: [{ over: "out", on: bias === "bank" ? "both" : "kernel" }],
    bias,
    demodulate: null,
  };
  const bank = random([experts * out, x[1] / groups, kernel, kernel], 1);
  const biases = bias === "none" ? undefined : random([bias === "bank" ? experts * out : out], 2);
  return {
    name: "layer",
    inputs: [
      { name: "x", shape: x },
      { name: "beta", shape: [x[0], experts, cardinals] },
    ],
    constants: new Map([["bank", bank], ...(biases === undefined ? [] : ([["bias", biases]] as const))]),
    nodes: [
      {
        op: "mix_conv",
        name: "y",
        inputs: ["x", "bank", ...(biases === undefined ? [] : ["bias"]), "beta"],
        attributes,
        origin: { layer: "y", pointer: "" },
      },
    ],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
}

/** Values of a graph's inputs, in [−½,½); what is open of them in order: batch, height, width. */
export function inputsOf(graph: Graph, [batch, ...sides]: readonly [number, number, number]): Values {
  return new Map(
    graph.inputs.map(({ name, shape }, index) => {
      const open = [batch, 0, ...sides];
      const sizes = shape.map((size, axis) => (typeof size === "number" ? size : open[axis]!));
      return [name, dense(sizes, Float64Array.from(numbers(sizes, 5 + index)))];
    }),
  );
}

function random(shape: readonly number[], seed: number): LazyTensor {
  const values = numbers(shape, seed);
  return { shape, read: async () => values };
}

function numbers(shape: readonly number[], seed: number): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => next() - 0.5);
}
