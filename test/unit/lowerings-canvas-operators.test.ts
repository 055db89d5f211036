/** Operators between convolutions that stay on the canvas: the same values as on pictures, and no change of layout. */
import { afterAll, describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { randomTensor } from "../support/random-tensor.js";
import { encoded } from "../support/sessions.js";

const CHANNELS = 12;
const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;

interface Draft {
  /** @returns the name of the node */
  node(op: string, inputs: readonly string[], attributes?: object): string;
  constant(shape: readonly number[]): string;
  conv(input: string, channels: number): string;
}

/** Convolution → operators → convolution. */
function network(batch: number | "N", size: readonly [number, number] | "open", build: Between): Graph {
  const constants = new Map<string, LazyTensor>();
  const nodes: Node[] = [];
  const draft: Draft = {
    node(op, inputs, attributes = {}) {
      const name = `${op}.${nodes.length}`;
      nodes.push({ op, name, inputs, attributes, origin: ORIGIN } as Node);
      return name;
    },
    constant(shape) {
      const name = `constant.${constants.size}`;
      constants.set(name, randomTensor(shape, constants.size + 1));
      return name;
    },
    conv(input, channels) {
      const [weight, bias] = [draft.constant([CHANNELS, channels, 3, 3]), draft.constant([CHANNELS])];
      return draft.node("conv", [input, weight, bias], PLACE);
    },
  };
  const { value, channels = CHANNELS } = build(draft, draft.conv("x", CHANNELS));
  const y = draft.conv(value, channels);
  const [height, width] = size === "open" ? [symbol("H"), symbol("W")] : size;
  return {
    name: "test",
    inputs: [{ name: "x", shape: [batch === "N" ? symbol("N") : batch, CHANNELS, height, width] }],
    constants,
    nodes,
    outputs: [{ name: "y", value: y }],
    betas: [],
  };
}

type Between = (draft: Draft, x: string) => { readonly value: string; readonly channels?: number };

const activation =
  (fn: string, parameters: object = {}): Between =>
  (draft, x) => ({
    value: draft.node("activation", [x], { fn, ...parameters }),
  });

const BETWEEN: Readonly<Record<string, Between>> = {
  relu: activation("relu"),
  "leaky relu": activation("leaky_relu", { slope: 0.2 }),
  "leaky relu of a steep and negative slope": (draft, x) => ({
    value: draft.node("activation", [draft.node("activation", [x], { fn: "leaky_relu", slope: -1.5 })], {
      fn: "leaky_relu",
      slope: 3,
    }),
  }),
  prelu: (draft, x) => ({ value: draft.node("prelu", [x, draft.constant([CHANNELS])]) }),
  "prelu of one slope": (draft, x) => ({ value: draft.node("prelu", [x, draft.constant([1])]) }),
  "prelu and what was before it": (draft, x) => ({
    value: draft.node("add", [draft.node("prelu", [x, draft.constant([CHANNELS])]), x]),
  }),
  "prelu and a residual": (draft, x) => ({
    value: draft.node("add", [x, draft.node("prelu", [draft.conv(x, CHANNELS), draft.constant([CHANNELS])])]),
  }),
  "leaky relu and a residual": (draft, x) => ({
    value: draft.node("add", [
      x,
      draft.node("activation", [draft.conv(x, CHANNELS)], { fn: "leaky_relu", slope: 0.1 }),
    ]),
  }),
  silu: activation("silu"),
  tanh: activation("tanh"),
  gelu: activation("gelu"),
  clamp: activation("clamp", { min: -0.1, max: 0.2 }),
  "residual scale": (draft, x) => {
    const scaled = draft.node("affine", [draft.node("activation", [x], { fn: "tanh" })], { scale: 0.2, shift: 0 });
    return { value: draft.node("add", [scaled, x]) };
  },
  "a weight for each channel": (draft, x) => ({
    value: draft.node("channel_scale", [draft.node("activation", [x], { fn: "tanh" }), draft.constant([1, CHANNELS])]),
  }),
  "dense features": (draft, x) => {
    const first = draft.node("activation", [draft.conv(x, CHANNELS)], { fn: "leaky_relu", slope: 0.2 });
    const two = draft.node("concat", [x, first]);
    const second = draft.node("activation", [draft.conv(two, 2 * CHANNELS)], { fn: "relu" });
    return { value: draft.node("concat", [x, first, second]), channels: 3 * CHANNELS };
  },
  halves: (draft, x) => {
    const part = (start: number, end: number) => draft.node("slice_channels", [x], { start, end });
    const product = draft.node("mul", [part(0, CHANNELS / 2), part(CHANNELS / 2, CHANNELS)]);
    return { value: draft.node("concat", [product, x]), channels: 1.5 * CHANNELS };
  },
  "a gate for each channel": (draft, x) => {
    const mean = draft.node("global_pool", [x], { flat: false });
    return { value: draft.node("mul", [x, draft.node("activation", [mean], { fn: "sigmoid" })]) };
  },
  "several branches": (draft, x) => {
    const branch = draft.node("add", [draft.conv(x, CHANNELS), draft.conv(x, CHANNELS)]);
    return { value: draft.node("add", [branch, x]) };
  },
};

const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 9],
  [2, 24, 18],
  [3, 7, 5],
  [1, 131, 97],
];

async function open(graph: Graph, lowering: string) {
  const bytes = await encoded(compileGraph(graph, { lowering }).model);
  return createNodeSession({ name: lowering, bytes }, { target: "cpu", threads: 1 });
}

describe.each(Object.entries(BETWEEN))("%s", (_, build) => {
  const released: { release(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const session of released) await session.release();
  });

  it.each(["winograd-f4x4", "winograd-f4x6"])(
    "gives the values of plain convolutions in %s, of every batch and size",
    async (lowering) => {
      const plain = await open(network("N", "open", build), "unfold");
      const dynamic = await open(network("N", "open", build), lowering);
      released.push(plain, dynamic);
      for (const [batch, height, width] of SIZES) {
        const shape = [batch, CHANNELS, height, width];
        const next = randomNumbers(height * width);
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => next() - 0.5);
        const feeds = new Map([["x", { data, shape }]]);
        const expected = (await plain.run(feeds)).get("y")!;
        const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const fixed = await open(network(batch, [height, width], build), lowering);
        released.push(fixed);
        for (const session of [dynamic, fixed]) {
          const found = (await session.run(feeds)).get("y")!;
          expect(found.shape).toEqual(shape);
          const error = found.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
          expect(error / largest).toBeLessThan(1e-5);
        }
      }
    },
  );

  it("changes layout at the ends only", () => {
    const { model } = compileGraph(network(1, "open", build), { lowering: "winograd-f4x6" });
    const changes = nodesIn(model.graph).filter(({ op_type, name = "" }) => {
      return op_type === "Transpose" && !/^canvas\.|\/ordered$/.test(name);
    });
    expect(changes.map(({ name }) => name)).toHaveLength(2);
  });
});

describe("what several layers read", () => {
  /** Input channels that layers take to the points, over all layers. */
  const transformed = (size: readonly [number, number] | "open"): number => {
    const { model } = compileGraph(network(1, size, BETWEEN["dense features"]!), { lowering: "winograd-f4x6" });
    const infos = graphsIn(model.graph).flatMap(({ value_info }) => value_info);
    const columns = infos.filter(({ name = "" }) => /\/columns(#\d+)?$/.test(name));
    return columns.reduce((sum, { type }) => sum + Number(type?.tensor_type?.shape?.dim.at(-1)?.dim_value), 0);
  };

  it.each(["open", [131, 97], [24, 18]] as const)("is taken to the points once: %s", (size) => {
    // The input of the first layer, what it gives, and the two dense features; joined values would be 7 times the channels.
    expect(transformed(size)).toBe(4 * CHANNELS);
  });
});

function graphsIn(graph: GraphProto): readonly GraphProto[] {
  return [graph, ...graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => (g ? graphsIn(g) : [])))];
}

function nodesIn(graph: GraphProto): readonly NodeProto[] {
  return graphsIn(graph).flatMap(({ node }) => node);
}
