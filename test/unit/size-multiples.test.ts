/** What sizes must be multiples of, from what a graph joins. */
import { describe, expect, it } from "vitest";
import { accelerate } from "../../src/accelerate/accelerate.js";
import { randomNumbers } from "../../src/base/random.js";
import { impliedMultiple } from "../../src/frontends/onnx/size-multiples.js";
import { addDims, floorDivDim, type SymbolicDim, scaleDim, symbol } from "../../src/ir/dim.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { ModelProto, ModelWithGraph, NodeProto } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { graphOf, line, modelOf, weights } from "../support/onnx-graphs.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

const H = symbol("H");
const half = (dim: SymbolicDim) => floorDivDim(dim, 2) as SymbolicDim;
const twice = (dim: SymbolicDim) => scaleDim(dim, 2) as SymbolicDim;

describe("sizes that are to be equal", () => {
  it.each([
    ["one halving", [[twice(half(H)), H]], 2],
    ["three halvings", [[scaleDim(half(half(half(H))), 8), H]], 8],
    ["a third", [[scaleDim(floorDivDim(H, 3), 3), H]], 3],
    [
      "several conditions",
      [
        [twice(half(half(H))), half(H)],
        [twice(half(H)), H],
      ],
      4,
    ],
    ["a halving that rounds up", [[twice(half(addDims(H, 1) as SymbolicDim)), H]], 2],
  ] as const)("make one a multiple: %s", (_, equations, multiple) => {
    expect(impliedMultiple("H", equations as never)).toBe(multiple);
  });

  it.each([
    ["sizes that always are", [[twice(H), addDims(H, H) as SymbolicDim]]],
    ["sizes that never are", [[addDims(H, 1) as SymbolicDim, H]]],
    ["sizes of a remainder that is not zero", [[addDims(twice(half(H)), 1) as SymbolicDim, H]]],
    ["sizes that are for several remainders", [[twice(half(half(H))), half(H)]]],
    ["sizes of two symbols", [[twice(half(symbol("W"))), H]]],
    ["nothing", []],
  ] as const)("tell nothing: %s", (_, equations) => {
    expect(impliedMultiple("H", equations as never)).toBe(1);
  });
});

const schemas = await loadSchemas();
const KERNELS = [
  weights("w", [12, 12, 3, 3], 0.1),
  weights("w2", [12, 24, 3, 3], 0.1),
  weights("t", [12, 12, 2, 2], 0.2),
];
const conv = (text: string): NodeProto => line(text, { pads: { ints: [1, 1, 1, 1] } });
const POOL = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
const UP = line("u = ConvTranspose c t", { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });

/** A network that halves a picture, enlarges it again, and joins both. */
function unet(join: readonly NodeProto[], last: NodeProto): ModelProto {
  const nodes = [conv("a = Conv x w"), line("b = MaxPool a", POOL), conv("c = Conv b w"), UP, ...join, last];
  return modelOf(graphOf("x", nodes, "y", { initializer: KERNELS }));
}

async function expectSame(result: ModelProto, source: ModelProto, size: readonly number[]): Promise<void> {
  const next = randomNumbers(3);
  const count = size.reduce((product, extent) => product * extent, 1);
  const x = dense(
    size,
    Array.from({ length: count }, () => Math.fround(2 * next() - 1)),
  );
  const feeds = [new Map([["x", x]])];
  const [wanted] = await runGraph(await encoded(source), feeds, "disabled");
  const [found] = await runGraph(await encoded(result), feeds);
  const y = wanted!.get("y")!;
  const largest = y.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(absoluteError(found!.get("y")!, y)).toBeLessThanOrEqual(TOLERANCES.absolute + TOLERANCES.relative * largest);
}

describe("a network that halves pictures and joins them with those of before", () => {
  it.each([
    ["by Concat", [line("j = Concat a u", { axis: { i: 1 } })], conv("y = Conv j w2")],
    ["by Add", [line("j = Add a u")], conv("y = Conv j w")],
  ] as const)("is read as a whole, for the sizes that it takes: %s", async (_, join, last) => {
    const model = unet(join, last);
    const { report, model: done } = accelerate(
      { model: model as ModelWithGraph },
      { lowering: "winograd-f4x4" },
      schemas,
    );
    expect(report.islands).toMatchObject([{ became: "compiled", nodes: 6 }]);
    for (const size of [
      [1, 12, 8, 6],
      [2, 12, 34, 22],
    ])
      await expectSame(done, model, size);
  });
});
