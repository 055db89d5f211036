/** Canvases behind enlarging and strides: of sizes that are made of the input's, open or not. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

const CHANNELS = 12;
const ORIGIN = { layer: "test", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
const LOWERING = "winograd-f4x4";

function kernel(seed: number): LazyTensor {
  const shape = [CHANNELS, CHANNELS, 3, 3];
  const next = randomNumbers(seed);
  const values = Float32Array.from({ length: CHANNELS * CHANNELS * 9 }, () => (next() - 0.5) / 4);
  return { shape, read: async () => values };
}

interface Step {
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly attributes: object;
}

const conv = (index: number): Step => ({ op: "conv", inputs: [`w${index}`], attributes: PLACE });

/** Steps one after the other; each reads the one before, then what it names. */
function chain(steps: readonly Step[], size: "open" | readonly [number, number, number]): Graph {
  const nodes = steps.map(({ op, inputs = [], attributes }, index) => {
    const read = [index === 0 ? "x" : `step${index - 1}`, ...inputs];
    return { op, name: `step${index}`, inputs: read, attributes, origin: ORIGIN } as Node;
  });
  const [batch, height, width] = size === "open" ? [symbol("N"), symbol("H"), symbol("W")] : size;
  return {
    name: "test",
    inputs: [{ name: "x", shape: [batch, CHANNELS, height, width] }],
    constants: new Map([0, 1].map((index) => [`w${index}`, kernel(index + 1)])),
    nodes,
    outputs: [{ name: "y", value: `step${steps.length - 1}` }],
    betas: [],
  };
}

/** Graphs, and the one that is compiled of a graph of fixed sizes, against the reference. */
async function expectSame(
  graph: Graph,
  size: readonly [number, number, number],
  open: readonly Uint8Array[],
): Promise<void> {
  const [batch, height, width] = size;
  const next = randomNumbers(height);
  const shape = [batch, CHANNELS, height, width];
  const count = shape.reduce((product, extent) => product * extent, 1);
  const x = dense(
    shape,
    Array.from({ length: count }, () => Math.fround(next() - 0.5)),
  );
  const feeds = new Map([["x", x]]);
  const expected = (await evaluate(graph, feeds)).get(graph.outputs[0]!.value)!;
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const fixed = await encoded(compileGraph(graph, { lowering: LOWERING }).model);
  for (const bytes of [...open, fixed]) {
    const [found] = await runGraph(bytes, [feeds]);
    const limit = TOLERANCES.absolute + TOLERANCES.relative * largest;
    expect(absoluteError(found!.get("y")!, expected)).toBeLessThanOrEqual(limit);
  }
}

const SIZED: Readonly<Record<string, Step>> = {
  "enlarging by nearest pixels": { op: "resize", attributes: { mode: "nearest", scale: 2 } },
  "enlarging by three": { op: "resize", attributes: { mode: "nearest", scale: 3 } },
  "enlarging between pixels": { op: "resize", attributes: { mode: "bilinear", scale: 2 } },
  "a stride": {
    op: "conv",
    inputs: ["w0"],
    attributes: { ...PLACE, stride: [2, 2] },
  },
};

const SIZES = [
  [1, 24, 18],
  [2, 9, 7],
  [1, 131, 97],
] as const;

describe.each(Object.entries(SIZED))("behind %s", (name, step) => {
  const steps = [conv(0), { op: "activation", attributes: { fn: "relu" } }, step, conv(1)];

  it("a convolution runs on a canvas of its own size, and gives what it gave", async () => {
    const open = await encoded(compileGraph(chain(steps, "open"), { lowering: LOWERING }).model);
    for (const size of SIZES) await expectSame(chain(steps, size), size, [open]);
  }, 60_000);

  it("both convolutions are taken to the points, with open sizes too", () => {
    const { model } = compileGraph(chain(steps, "open"), { lowering: LOWERING });
    const products = nodesIn(model.graph).filter((node) => /^step\d+\/product$/.test(node.name ?? ""));
    expect(products.map((node) => node.name)).toEqual(["step0/product", "step3/product"]);
    const repeats = name.startsWith("enlarging by");
    expect(nodesIn(model.graph).some(({ op_type }) => op_type === "Expand" && repeats)).toBe(repeats);
    expect(nodesIn(model.graph).some(({ op_type }) => op_type === "Resize")).toBe(name === "enlarging between pixels");
  });
});

it("pixels that are repeated for a layer and read beside it are the same for both", { timeout: 60_000 }, async () => {
  const enlarged = SIZED["enlarging by nearest pixels"]!;
  const steps = [conv(0), enlarged, conv(1), { op: "add", inputs: ["step1"], attributes: {} }, conv(0)];
  const open = await encoded(compileGraph(chain(steps, "open"), { lowering: LOWERING }).model);
  for (const size of SIZES) await expectSame(chain(steps, size), size, [open]);
});

it("strips repeat the pixels that they read", () => {
  const repeats = (step: Step): boolean => {
    const { graph } = compileGraph(chain([conv(0), step, conv(1)], [1, 131, 97]), { lowering: LOWERING }).model;
    return (graph?.node ?? []).some(({ op_type }) => op_type === "Expand");
  };
  expect(repeats(SIZED["enlarging by nearest pixels"]!)).toBe(false);
  // Three rows do not divide a cell of four.
  expect(repeats(SIZED["enlarging by three"]!)).toBe(true);
});

describe("a picture that convolutions read", () => {
  const padded = (steps: readonly Step[]): boolean =>
    nodesIn(compileGraph(chain(steps, "open"), { lowering: LOWERING }).model.graph).some(({ name = "" }) =>
      /^x(\/one)?:canvas$/.test(name),
    );

  it("is not padded to a canvas", () => {
    expect(padded([conv(0), conv(1)])).toBe(false);
  });

  it("is where it is added to a result too", () => {
    expect(padded([conv(0), { op: "add", inputs: ["x"], attributes: {} }, conv(1)])).toBe(true);
  });
});

function nodesIn(graph: GraphProto): readonly NodeProto[] {
  return graph.node.flatMap((node) => [node, ...node.attribute.flatMap(({ g }) => (g ? nodesIn(g) : []))]);
}

it("of a picture of millions of rows has tables that the graph computes, so that no compile holds them", async () => {
  const graph = chain([conv(0), { op: "activation", attributes: { fn: "relu" } }, conv(1)], [1, 2 ** 22 + 1, 8]);
  const { model } = compileGraph(graph, { lowering: LOWERING });
  const stored = (model.graph as GraphProto).initializer.map(({ dims }) => dims.map(Number).reduce((a, b) => a * b, 1));
  expect(Math.max(...stored)).toBeLessThan(2 ** 20);
  expect((model.graph as GraphProto).node.some(({ op_type }) => op_type === "Range")).toBe(true);
});
