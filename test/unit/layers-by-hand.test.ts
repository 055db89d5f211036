/** Values that can be computed in the head. */
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/frontends/document/build.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { type ModelParts, model, type TensorValues, tensor } from "./layers/model.js";

/** What a model's last layer gives for an input x of one sample and one channel. */
async function result(
  layers: ModelParts["layers"],
  rows: readonly (readonly number[])[],
  tensors: TensorValues = {},
): Promise<readonly (readonly number[])[]> {
  const { spec, weights } = model({ layers, inputs: { x: [1, 1, "H", "W"] }, tensors });
  const { graph } = buildGraph(spec, weights);
  const x = tensor({ shape: [1, 1, rows.length, rows[0]!.length], data: rows.flat() });
  const { shape, data } = (await evaluate(graph, new Map([["x", x]]))).get(spec.outputs[0]!)!;
  const [height, width] = shape.slice(-2) as [number, number];
  return Array.from({ length: height }, (_, row) => [...data.slice(row * width, (row + 1) * width)]);
}

const row = (op: string, fields: object, values: readonly number[]) =>
  result([{ name: "y", op, in: "x", ...fields }], [values]).then(([only]) => only);

describe("pad", () => {
  it.each([
    ["zeros", [0, 0, 1, 2, 3, 0, 0]],
    ["reflect", [3, 2, 1, 2, 3, 2, 1]],
    ["replicate", [1, 1, 1, 2, 3, 3, 3]],
  ])("%s", async (mode, expected) => {
    expect(await row("pad", { mode, pad: [0, 2, 0, 2] }, [1, 2, 3])).toEqual(expected);
  });

  it("takes top, left, bottom, right", async () => {
    expect(await result([{ name: "y", op: "pad", in: "x", mode: "zeros", pad: [1, 0, 0, 2] }], [[5]])).toEqual([
      [0, 0, 0],
      [5, 0, 0],
    ]);
  });
});

describe("resize", () => {
  it.each([
    ["nearest", 2, [0, 4], [0, 0, 4, 4]],
    ["nearest", 1 / 2, [1, 2, 3, 4, 5], [1, 3]],
    ["bilinear", 2, [0, 4], [0, 1, 3, 4]],
    ["bilinear", 1 / 2, [1, 2, 3, 5], [1.5, 4]],
    ["bilinear", 1 / 3, [1, 2, 3, 4, 5, 6], [2, 5]],
    // Halfway between two pixels the weights are (−3, 19, 19, −3) / 32; pixels outside are the border's.
    ["bicubic", 1 / 2, [0, 32, 0, 0], [19, -3]],
    ["bicubic", 1 / 3, [1, 2, 3, 4, 5, 6], [2, 5]],
  ])("%s by %f of %j", async (mode, scale, values, expected) => {
    const height = scale < 1 ? Math.round(1 / scale) : 1;
    const rows = Array.from({ length: height }, () => values);
    const [first] = await result([{ name: "y", op: "resize", in: "x", mode, scale }], rows);
    expect(first).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  });
});

describe("pools", () => {
  it("max pool: padding is no value", async () => {
    expect(await row("max_pool", { kernel: [1, 3], stride: [1, 2], pad: [0, 1] }, [-5, -1, -2, -3])).toEqual([-1, -1]);
  });

  it("average pool: padding is zeros that count", async () => {
    expect(await row("average_pool", { kernel: [1, 3], stride: [1, 2], pad: [0, 1] }, [3, 6, 9, 12])).toEqual([3, 9]);
  });
});

describe("rearranging", () => {
  const shuffled = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ];

  it("pixel_unshuffle takes a block row by row into channels", async () => {
    const channels = [{ name: "u", op: "pixel_unshuffle", in: "x", scale: 2 }] as const;
    const { spec, weights } = model({ layers: channels, inputs: { x: [1, 1, 2, 4] } });
    const { graph } = buildGraph(spec, weights);
    const values = await evaluate(graph, new Map([["x", tensor({ shape: [1, 1, 2, 4], data: shuffled.flat() })]]));
    expect(values.get("u")!.shape).toEqual([1, 4, 1, 2]);
    expect([...values.get("u")!.data]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });

  it("pixel_shuffle takes it back", async () => {
    const layers = [
      { name: "u", op: "pixel_unshuffle", in: "x", scale: 2 },
      { name: "y", op: "pixel_shuffle", in: "u", scale: 2 },
    ];
    expect(await result(layers, shuffled)).toEqual(shuffled);
  });
});

describe("activations", () => {
  it("prelu", async () => {
    const slope = { "y.weight": { shape: [1], data: [0.25] } };
    expect(await result([{ name: "y", op: "prelu", in: "x" }], [[-4, 0, 4]], slope)).toEqual([[-1, 0, 4]]);
  });

  it("gelu is x·Φ(x)", async () => {
    // Φ(1) = 0.8413447460685429 (Abramowitz & Stegun, table 26.1).
    const values = await row("gelu", {}, [-1, 0, 1]);
    expect(values![0]).toBeCloseTo(-0.15865525393145707, 15);
    expect(values![1]).toBe(0);
    expect(values![2]).toBeCloseTo(0.8413447460685429, 15);
  });

  it("softmax of equal values is even, and does not overflow", async () => {
    expect(await row("softmax", { axis: 3 }, [1000, 1000])).toEqual([0.5, 0.5]);
  });
});
