/** SPAN: kernels of parts folded into one, what no tensor tells, and what is passed over. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { takeConv3xc } from "../../src/frontends/checkpoints/conv3xc.js";
import { type Imported, importModel } from "../../src/frontends/checkpoints/import.js";
import { TensorReader } from "../../src/frontends/checkpoints/tensor-reader.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";
import { openFixture } from "../support/fixtures.js";

type Shapes = Readonly<Record<string, readonly number[]>>;

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function storeOf(shapes: Shapes, value: (name: string, index: number) => number): TensorStore {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, StoredTensor] => {
    const values = Float32Array.from({ length: count(shape) }, (_, index) => value(name, index));
    return [name, { name, dtype: "float32", shape, read: async () => values }];
  });
  return { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
}

/** A convolution of stride 1 without padding, by definition; pictures are [channels][height][width]. */
type Picture = readonly (readonly (readonly number[])[])[];
function convolved(x: Picture, w: ArrayLike<number>, b: ArrayLike<number>, out: number, side: number): Picture {
  const [height, width] = [x[0]!.length - side + 1, x[0]![0]!.length - side + 1];
  const at = (o: number, i: number, j: number): number => {
    let sum = b[o]!;
    for (const [c, plane] of x.entries())
      for (let dy = 0; dy < side; dy++)
        for (let dx = 0; dx < side; dx++)
          sum += w[((o * x.length + c) * side + dy) * side + dx]! * plane[i + dy]![j + dx]!;
    return sum;
  };
  const indices = (length: number) => Array.from({ length }, (_, index) => index);
  return indices(out).map((o) => indices(height).map((i) => indices(width).map((j) => at(o, i, j))));
}

const padded = (x: Picture): Picture =>
  x.map((plane) => {
    const zeros = Array.from({ length: plane[0]!.length + 2 }, () => 0);
    return [zeros, ...plane.map((row) => [0, ...row, 0]), zeros];
  });

describe("a convolution of three parts", () => {
  const sizes = fc.record({
    channels: fc.integer({ min: 1, max: 3 }),
    widen: fc.integer({ min: 1, max: 5 }),
    narrow: fc.integer({ min: 1, max: 5 }),
    out: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });

  it("is one, also at the border, where the parts see the first bias", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ channels, widen, narrow, out, seed }) => {
        const shapes = {
          "c.conv.0.weight": [widen, channels, 1, 1],
          "c.conv.0.bias": [widen],
          "c.conv.1.weight": [narrow, widen, 3, 3],
          "c.conv.1.bias": [narrow],
          "c.conv.2.weight": [out, narrow, 1, 1],
          "c.conv.2.bias": [out],
          "c.sk.weight": [out, channels, 1, 1],
          "c.sk.bias": [out],
        };
        const store = storeOf(shapes, (name, index) => Math.sin(seed + 7 * index + 31 * name.length));
        const reader = new TensorReader(store);
        const folded = takeConv3xc(reader, "c", channels, out);
        const [weight, bias] = [await folded.weight.read(), await folded.bias.read()];
        expect(reader.finish()).toEqual([]);
        const values = new Map<string, ArrayLike<number>>();
        for (const [name, tensor] of store.tensors) values.set(name, await tensor.read());
        const conv = (x: Picture, name: string, rows: number, side: number): Picture =>
          convolved(x, values.get(`${name}.weight`)!, values.get(`${name}.bias`)!, rows, side);
        const x = Array.from({ length: channels }, (_, c) =>
          Array.from({ length: 4 }, (_, i) => Array.from({ length: 3 }, (_, j) => Math.cos(seed + 5 * c + 3 * i + j))),
        );
        const parts = conv(conv(conv(padded(x), "c.conv.0", widen, 1), "c.conv.1", narrow, 3), "c.conv.2", out, 1);
        const skip = conv(x, "c.sk", out, 1).flat(2);
        const whole = convolved(padded(x), weight, bias, out, 3).flat(2);
        for (const [index, value] of parts.flat(2).entries())
          expect(whole[index]).toBeCloseTo(value + skip[index]!, 10);
      }),
      { numRuns: 40 },
    );
  });
});

const CONVOLUTIONS = [
  "conv_1",
  "conv_2",
  ...[1, 2, 3, 4, 5, 6].flatMap((block) => [1, 2, 3].map((part) => `block_${block}.c${part}_r`)),
];

function shapesOf({ units = 2, channels = 3, rows = 12, more = {} as Shapes } = {}): Shapes {
  const parts = CONVOLUTIONS.flatMap((name): [string, readonly number[]][] => {
    const from = name === "conv_1" ? channels : units;
    return [
      [`${name}.sk`, [units, from, 1, 1]],
      [`${name}.conv.0`, [2 * from, from, 1, 1]],
      [`${name}.conv.1`, [2 * units, 2 * from, 3, 3]],
      [`${name}.conv.2`, [units, 2 * units, 1, 1]],
    ];
  });
  const convs = [...parts, ["conv_cat", [units, 4 * units, 1, 1]], ["upsampler.0", [rows, units, 3, 3]]] as const;
  const tensors = convs.flatMap(([name, shape]): [string, readonly number[]][] => [
    [`${name}.weight`, shape],
    [`${name}.bias`, [shape[0]!]],
  ]);
  return { ...Object.fromEntries(tensors), ...more };
}

interface Result extends Partial<Imported> {
  readonly warnings: readonly Diagnostic[];
  readonly found: readonly Diagnostic[];
}

function imported(shapes: Shapes, config: Readonly<Record<string, ConfigValue>> = {}): Result {
  const warnings: Diagnostic[] = [];
  try {
    const model = importModel(
      storeOf(shapes, (_, index) => 1 / (index + 1)),
      { config: new Map(Object.entries(config)), report: (warning) => warnings.push(warning) },
    );
    return { ...model, warnings, found: [] };
  } catch (cause) {
    if (cause instanceof SmxcError) return { warnings, found: cause.diagnostics };
    throw cause;
  }
}

const EARLY = { early: "activation" } as const;

describe("span", () => {
  it("says what no tensor tells, and how to give it", () => {
    const { warnings } = imported(shapesOf());
    expect(warnings.map(({ code }) => code)).toEqual(["import/assumed", "import/assumed"]);
    expect(warnings[0]!.hint).toContain("--set early=activation");
    expect(warnings[1]!.hint).toContain("--set mean=0.4488,0.4371,0.404 --set range=255");
    expect(imported(shapesOf(), { ...EARLY, mean: 0, range: 1 }).warnings).toEqual([]);
  });

  it("takes no mean off where the buffer no_norm is", () => {
    const { document, warnings } = imported(shapesOf({ more: { no_norm: [1] } }), EARLY);
    expect(warnings).toEqual([]);
    expect(document!.layers[0]).toMatchObject({ name: "conv_1", in: "x" });
    expect(imported(shapesOf(), EARLY).document!.layers[0]).toMatchObject({ name: "sub_mean" });
  });

  it("joins what of the last block is asked for", () => {
    const joined = (config: Readonly<Record<string, ConfigValue>>) =>
      imported(shapesOf(), config).document!.layers.find(({ op }) => op === "concat");
    expect(joined({})).toMatchObject({ in: ["conv_1", "conv_2", "block_1", "block_6.c1_r"] });
    expect(joined(EARLY)).toMatchObject({ in: ["conv_1", "conv_2", "block_1", "block_6.act1"] });
    expect(imported(shapesOf(), { early: "both" }).found).toMatchObject([{ code: "import/bad-config" }]);
  });

  it("has eval_conv passed over, whatever is in it, and every other tensor used", () => {
    const { parameters } = imported(shapesOf(), EARLY);
    const withEval = imported(
      shapesOf({ more: { "conv_1.eval_conv.weight": [7], "conv_2.eval_conv.bias": [5] } }),
      EARLY,
    );
    expect(withEval.found).toEqual([]);
    expect(withEval.parameters).toEqual(parameters);
    const strange = imported(shapesOf({ more: { "block_7.c1_r.sk.weight": [2, 2, 1, 1] } }), EARLY);
    expect(strange.found).toMatchObject([{ code: "import/unexpected-tensor", place: "block_7.c1_r.sk.weight" }]);
  });

  it.each([
    [3, 12, {}, 2, ["N", 3, "H", "W"]],
    [3, 3, {}, 1, ["N", 3, "H", "W"]],
    [1, 9, { mean: 0 }, 3, ["N", 1, "H", "W"]],
    [3, 16, { scale: 4 }, 4, ["N", 3, "H", "W"]],
  ] as const)(
    "of %i colours and %i rows of the upsampler, %j, enlarges by %i",
    (channels, rows, config, scale, shape) => {
      const { document, found } = imported(shapesOf({ channels, rows }), { ...EARLY, ...config });
      expect(found).toEqual([]);
      expect(document!.name).toBe(`span-x${scale}`);
      expect(document!.inputs[0]!.shape).toEqual(shape);
    },
  );

  it("asks for the scale where colours do not tell it, and for the mean of other colours than three", () => {
    expect(imported(shapesOf({ rows: 16 }), EARLY).found).toMatchObject([
      { code: "import/no-reading", place: "scale" },
    ]);
    expect(imported(shapesOf({ channels: 1, rows: 4 }), EARLY).found).toMatchObject([
      { code: "import/missing-config", place: "mean" },
    ]);
  });

  it("reads the case of PyTorch without its eval_conv", async () => {
    const store = await openFixture("checkpoints", "networks", "span-x2", "checkpoint.pth");
    const tensors = new Map([...store.tensors].filter(([name]) => !name.includes("eval_conv")));
    expect(tensors.size).toBeLessThan(store.tensors.size);
    expect(importModel({ ...store, tensors }).document).toEqual(importModel(store).document);
  });
});
