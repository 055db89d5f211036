/** What tiles must be: around them, and where they begin. */
import { describe, expect, it } from "vitest";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import { reachOf, tilingOf } from "../../src/tiling/reach.js";

type Step = readonly [op: Node["op"], attributes: unknown, ...shapes: (readonly number[])[]];

/** One operator after the other, on two channels. */
function chain(...steps: readonly Step[]): Graph {
  const constants = new Map(
    steps.flatMap(([, , ...shapes], at) =>
      shapes.map((shape, index) => [`w${at}.${index}`, { shape, read: async () => new Float32Array(0) }] as const),
    ),
  );
  const nodes = steps.map(([op, attributes, ...shapes], at) => {
    const inputs = [at === 0 ? "x" : `v${at - 1}`, ...shapes.map((_, index) => `w${at}.${index}`)];
    return { op, name: `v${at}`, inputs, attributes, origin: { layer: `v${at}`, pointer: "" } } as Node;
  });
  return {
    name: "chain",
    inputs: [{ name: "x", shape: [1, 2, symbol("H"), symbol("W")] }],
    constants,
    nodes,
    outputs: [{ name: "y", value: `v${steps.length - 1}` }],
    betas: [],
  };
}

const window = (kernel: number, stride: number, pad: number) => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  pads: [pad, pad, pad, pad],
});
const conv = (kernel: number, stride = 1, pad = (kernel - 1) / 2): Step => [
  "conv",
  { ...window(kernel, stride, pad), groups: 1 },
  [2, 2, kernel, kernel],
];
const transposed = (kernel: number, stride: number, pad: number, more = 0): Step => [
  "conv_transpose",
  { ...window(kernel, stride, pad), groups: 1, outputPads: [more, more] },
  [2, 2, kernel, kernel],
];
const resize = (mode: string, scale: number): Step => ["resize", { mode, scale }];

describe("tilingOf", () => {
  it.each<[string, readonly Step[], { scale: number; reach: number; multiple: number }]>([
    ["convolutions that keep the size", [conv(3), conv(5)], { scale: 1, reach: 3, multiple: 1 }],
    ["an enlargement between", [conv(3), resize("nearest", 2), conv(3)], { scale: 2, reach: 2, multiple: 1 }],
    ["a bilinear enlargement", [resize("bilinear", 3)], { scale: 3, reach: 1, multiple: 1 }],
    ["a bicubic enlargement", [resize("bicubic", 2)], { scale: 2, reach: 2, multiple: 1 }],
    ["a transposed convolution", [transposed(4, 2, 1)], { scale: 2, reach: 1, multiple: 1 }],
    ["one that adds a row", [transposed(9, 3, 4, 2)], { scale: 3, reach: 2, multiple: 1 }],
    // A pixel at a block's edge looks over the block: one more than the kernel's own.
    ["a block of two pixels", [conv(2, 2, 0), transposed(2, 2, 0)], { scale: 1, reach: 1, multiple: 2 }],
    ["what a stride looks around", [conv(3, 2), transposed(2, 2, 0)], { scale: 1, reach: 2, multiple: 2 }],
    [
      "blocks inside blocks",
      [["pool", { ...window(2, 2, 0), kind: "max" }], conv(3, 2), resize("nearest", 4), conv(3)],
      { scale: 1, reach: 6, multiple: 4 },
    ],
  ])("%s", (_, steps, expected) => {
    expect(tilingOf(chain(...steps))).toEqual(expected);
  });

  it.each<[string, readonly Step[]]>([
    ["a convolution without padding", [conv(3, 1, 0)]],
    ["a stride that leaves pixels over", [conv(1, 2, 0), conv(5, 2, 0)]],
    ["strides that differ", [["conv", { ...window(2, 2, 0), stride: [2, 1], groups: 1 }, [2, 2, 2, 2]]]],
    ["a frame", [["pad", { mode: "reflect", pads: [1, 1, 1, 1] }]]],
    ["a mean over the picture", [["global_pool", { flat: false }]]],
  ])("refuses %s", (_, steps) => {
    expect(() => tilingOf(chain(...steps))).toThrow(
      expect.objectContaining({
        diagnostics: expect.arrayContaining([expect.objectContaining({ code: "context/not-local" })]),
      }),
    );
  });

  it("refuses a constant of a picture's size, whose pixels have places", () => {
    const graph = chain(["add", {}, [1, 2, 4, 4]]);
    const fixed = { ...graph, inputs: [{ name: "x", shape: [1, 2, 4, 4] }] };
    expect(() => tilingOf(fixed)).toThrow(/v0/);
    expect(tilingOf(chain(["add", {}, [1, 2, 1, 1]])).reach).toBe(0);
  });
});

describe("reachOf", () => {
  it("refuses what gives less than a pixel for one: its tiles could begin nowhere", () => {
    expect(() => reachOf(chain(["pixel_unshuffle", { scale: 2 }], ["pixel_shuffle", { scale: 2 }]))).toThrow(/v0/);
  });

  it("takes strides where whole pixels are left", () => {
    const reaches = reachOf(chain(resize("nearest", 2), ["pool", { ...window(2, 2, 0), kind: "average" }]));
    expect(reaches.get("v1")).toEqual({ scale: 1, pixels: 0 });
  });
});
