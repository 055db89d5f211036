/** Operators that exporters write as several nodes: as IR they compute what ONNX Runtime computes of the nodes. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { dense, sizeOf } from "../../src/ir/ops/dense-tensor.js";
import { chainModel, type Link, matchChain } from "./onnx-operators/chain.js";
import { checkGraph } from "./onnx-operators/check.js";
import { Draw, ints } from "./onnx-operators/draw.js";
import { GraphWriter, graphWith, type Input } from "./onnx-operators/node-case.js";

/** Blocks of s by s pixels of [n, c, h, w], or of [n, c·s², h, w]. */
interface Blocks {
  readonly op: string;
  readonly order: string;
  readonly perm: readonly number[];
  shapes(n: number, c: number, s: number, h: number, w: number): readonly (readonly number[])[];
}

const BLOCKS: readonly Blocks[] = [
  {
    op: "pixel_shuffle",
    order: "CRD",
    perm: [0, 1, 4, 2, 5, 3],
    shapes: (n, c, s, h, w) => [
      [n, c * s * s, h, w],
      [n, c, s, s, h, w],
      [n, c, h * s, w * s],
    ],
  },
  {
    op: "pixel_shuffle",
    order: "DCR",
    perm: [0, 3, 4, 1, 5, 2],
    shapes: (n, c, s, h, w) => [
      [n, c * s * s, h, w],
      [n, s, s, c, h, w],
      [n, c, h * s, w * s],
    ],
  },
  {
    op: "pixel_unshuffle",
    order: "CRD",
    perm: [0, 1, 3, 5, 2, 4],
    shapes: (n, c, s, h, w) => [
      [n, c, h * s, w * s],
      [n, c, h, s, w, s],
      [n, c * s * s, h, w],
    ],
  },
  {
    op: "pixel_unshuffle",
    order: "DCR",
    perm: [0, 3, 5, 1, 2, 4],
    shapes: (n, c, s, h, w) => [
      [n, c, h * s, w * s],
      [n, c, h, s, w, s],
      [n, c * s * s, h, w],
    ],
  },
];

function linksOf(inner: readonly number[], perm: readonly number[], outer: readonly number[]): readonly Link[] {
  return [
    { op: "Reshape", target: inner },
    { op: "Transpose", attributes: { perm: ints(perm) } },
    { op: "Reshape", target: outer },
  ];
}

it.each(BLOCKS)("$op $order as three nodes", async ({ op, order, perm, shapes }) => {
  const make = async (draw: Draw): Promise<void> => {
    const s = draw.int(2, 3);
    const [size, inner, outer] = shapes(draw.int(1, 2), draw.int(2, 3), s, draw.int(1, 3), draw.int(1, 3)) as [
      readonly number[],
      readonly number[],
      readonly number[],
    ];
    const target = inner.with(0, draw.pick([0, inner[0]!, -1]));
    const links = linksOf(target, perm, outer.with(draw.int(0, 3), -1));
    const model = chainModel(size, links);
    const found = await matchChain(model, links, size);
    const writer = new GraphWriter(found!.last);
    found!.match.read(writer);
    expect(found!.match.inner.map(({ name }) => name)).toEqual(["node0", "node1"]);
    expect(writer.nodes).toMatchObject([{ op, attributes: { scale: s, order } }]);
    const input: Input = { kind: "value", size };
    const next = randomNumbers(draw.seed());
    const data = Array.from({ length: sizeOf(size) }, next);
    await checkGraph(
      graphWith([input], writer, ["y"]),
      model,
      new Map([["input0", dense(size, data.map(Math.fround))]]),
    );
  };
  await fc.assert(
    fc.asyncProperty(fc.gen(), (g) => make(new Draw(g))),
    { numRuns: 10, endOnFailure: true },
  );
});

const SHUFFLE = [[0, 2, 2, 2, 3, 3], BLOCKS[0]!.perm, [0, 2, 6, 6]] as const;

it.each([
  ["another order of axes", [SHUFFLE[0], [0, 1, 2, 4, 3, 5], SHUFFLE[2]], []],
  ["another shape of the result", [SHUFFLE[0], SHUFFLE[1], [0, 2, 4, 9]], []],
  ["a value between that is shown", SHUFFLE, ["v1"]],
] as const)("no blocks of pixels: %s", async (_, [inner, perm, outer], shown) => {
  const size = [1, 8, 3, 3];
  const links = linksOf(inner, perm, outer);
  expect(await matchChain(chainModel(size, links, shown), links, size)).toBeUndefined();
});

const SWAP: readonly Link[] = [
  { op: "Transpose", attributes: { perm: ints([1, 0, 2, 3]) } },
  { op: "Reshape", target: [1, 8, 3, 5] },
];

it("channels in the place of a batch of one, and back", async () => {
  const size = [1, 8, 3, 5];
  const model = chainModel(size, SWAP);
  const found = await matchChain(model, SWAP, size);
  expect(found!.name).toBe("swapped-batch");
  const writer = new GraphWriter(found!.last);
  found!.match.read(writer);
  expect(writer.nodes).toMatchObject([{ op: "affine", inputs: ["input0"], attributes: { scale: 1, shift: 0 } }]);
  const data = Array.from({ length: sizeOf(size) }, randomNumbers(1));
  const feeds = new Map([["input0", dense(size, data.map(Math.fround))]]);
  await checkGraph(graphWith([{ kind: "value", size }], writer, ["y"]), model, feeds);
});

it.each([
  ["a batch of two", [2, 8, 3, 5], SWAP.with(1, { op: "Reshape", target: [2, 8, 3, 5] }), []],
  ["another shape of the result", [1, 8, 3, 5], SWAP.with(1, { op: "Reshape", target: [1, 8, 5, 3] }), []],
  ["rows and columns", [1, 8, 3, 5], SWAP.with(0, { op: "Transpose", attributes: { perm: ints([0, 1, 3, 2]) } }), []],
  ["a value between that is shown", [1, 8, 3, 5], SWAP, ["v1"]],
] as const)("no channels that come back: %s", async (_, size, links, shown) => {
  expect(await matchChain(chainModel(size, links, shown), links, size)).toBeUndefined();
});
