/** Random networks that look at a known distance: in tiles, of any size or of the graph's own, they give the whole picture's result. */
import "../support/seed.js";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import type { GraphTiling } from "../../src/metadata.js";
import { readModel } from "../../src/onnx/front/files.js";
import { loadSchemas, type SchemaRegistry } from "../../src/onnx/schemas/registry.js";
import type { Image } from "../../src/pictures/image.js";
import { picturePorts } from "../../src/restore/graph-ports.js";
import { findTiling } from "../../src/restore/graph-tiling.js";
import { tileRestorer } from "../../src/restore/restore-tiles.js";
import { wholeRestorer } from "../../src/restore/restore-whole.js";
import type { PictureFormat, Restorer } from "../../src/restore/restorer.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { compareValues } from "../../src/verify/compare.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { encoded } from "../support/sessions.js";

const RUNS = Number(process.env.SMXC_CASES ?? 40);
const CHANNELS = 3;

/** Steps by the factor that they have on the scale; several nodes may make one. */
type Step = (net: Net) => void;

/** A network that grows node by node, the last value of which is read next. */
class Net {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, LazyTensor>();
  scale = 1;
  last = "x";
  /** Values of one size, which is not that of others of the same scale where sizes were rounded in between. */
  alike: string[] = ["x"];
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = randomNumbers(seed);
  }

  add(op: Node["op"], attributes: unknown, factor = 1, ...others: readonly string[]): void {
    const name = `v${this.nodes.length}`;
    const origin = { layer: name, pointer: "" };
    this.nodes.push({ op, name, inputs: [this.last, ...others], attributes, origin } as Node);
    this.scale *= factor;
    this.last = name;
    if (factor !== 1) this.alike = [];
  }

  /** Lets later steps add the last value. */
  remember(): void {
    this.alike.push(this.last);
  }

  tensor(...shape: readonly number[]): string {
    const name = `w${this.constants.size}`;
    const size = shape.reduce((product, dim) => product * dim);
    const fan = Math.sqrt(size / shape[0]!);
    const data = Float32Array.from({ length: size }, () => (2 * this.next() - 1) / fan);
    this.constants.set(name, { shape, read: async () => data });
    return name;
  }
}

const window = (kernel: number, stride: number, dilation: number, pads: readonly number[]) => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [dilation, dilation],
  pads,
});
const same = (pad: number) => [pad, pad, pad, pad];

const conv =
  (kernel: number, stride: number, dilation: number, pads: readonly number[]): Step =>
  (net) =>
    net.add(
      "conv",
      { ...window(kernel, stride, dilation, pads), groups: 1 },
      1 / stride,
      net.tensor(CHANNELS, CHANNELS, kernel, kernel),
      net.tensor(CHANNELS),
    );
const transposed =
  (kernel: number, stride: number, pad: number, more: number): Step =>
  (net) =>
    net.add(
      "conv_transpose",
      { ...window(kernel, stride, 1, same(pad)), groups: 1, outputPads: [more, more] },
      stride,
      net.tensor(CHANNELS, CHANNELS, kernel, kernel),
    );
const pool =
  (kind: "max" | "average", kernel: number, stride: number, pad: number): Step =>
  (net) =>
    net.add("pool", { ...window(kernel, stride, 1, same(pad)), kind }, 1 / stride);
const resize =
  (mode: "nearest" | "bilinear" | "bicubic", scale: number): Step =>
  (net) =>
    net.add("resize", { mode, scale }, scale);
const pointwise = (net: Net, from: number, to: number): void =>
  net.add("conv", { ...window(1, 1, 1, same(0)), groups: 1 }, 1, net.tensor(to, from, 1, 1));

const STEPS: Readonly<Record<"keep" | "up" | "down", readonly Step[]>> = {
  keep: [
    conv(1, 1, 1, same(0)),
    conv(3, 1, 1, same(1)),
    conv(5, 1, 1, same(2)),
    conv(3, 1, 2, same(2)),
    // More before than after.
    conv(4, 1, 1, [2, 2, 1, 1]),
    pool("max", 3, 1, 1),
    pool("average", 3, 1, 1),
    (net) => net.add("activation", { fn: "relu" }),
    (net) => {
      const other = net.alike.find((name) => name !== net.last);
      if (other !== undefined) net.add("add", {}, 1, other);
    },
  ],
  up: [
    transposed(2, 2, 0, 0),
    transposed(4, 2, 1, 0),
    transposed(3, 2, 1, 1),
    resize("nearest", 2),
    resize("bilinear", 2),
    resize("bicubic", 2),
    (net) => {
      pointwise(net, CHANNELS, CHANNELS * 4);
      net.add("pixel_shuffle", { scale: 2 }, 2);
    },
  ],
  down: [
    conv(3, 2, 1, same(1)),
    conv(4, 2, 1, same(1)),
    conv(2, 2, 1, same(0)),
    conv(5, 2, 1, same(2)),
    pool("max", 2, 2, 0),
    pool("average", 2, 2, 0),
    resize("bilinear", 0.5),
    (net) => {
      net.add("pixel_unshuffle", { scale: 2, order: "DCR" }, 0.5);
      pointwise(net, CHANNELS * 4, CHANNELS);
    },
  ],
};

interface Drawn {
  readonly steps: readonly { readonly kind: keyof typeof STEPS; readonly index: number }[];
  readonly seed: number;
  readonly size: readonly [rows: number, columns: number];
  readonly side: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  steps: fc.array(fc.record({ kind: fc.constantFrom("keep", "keep", "up", "down"), index: fc.nat(99) }), {
    minLength: 1,
    maxLength: 7,
  }),
  seed: fc.nat(2 ** 31 - 1),
  size: fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 11 })),
  side: fc.integer({ min: 1, max: 40 }),
});

/** Of scales from a quarter to four times; what ends below the picture is enlarged. */
function networkOf({ steps, seed }: Drawn): Net {
  const net = new Net(seed);
  for (const { kind, index } of steps) {
    const kept = (kind === "up" && net.scale >= 4) || (kind === "down" && net.scale <= 0.25) ? "keep" : kind;
    const choices = STEPS[kept];
    choices[index % choices.length]!(net);
    net.remember();
  }
  while (net.scale < 1) resize("nearest", 2)(net);
  // A network of nothing but an addition that found no partner.
  if (net.nodes.length === 0) conv(3, 1, 1, same(1))(net);
  return net;
}

function graphOf(net: Net, size: { readonly height: number; readonly width: number } | undefined): Graph {
  const [height, width] = size === undefined ? [symbol("height"), symbol("width")] : [size.height, size.width];
  return {
    name: "drawn",
    inputs: [{ name: "x", shape: [symbol("N"), CHANNELS, height, width] }],
    constants: net.constants,
    nodes: net.nodes,
    outputs: [{ name: "y", value: net.last }],
    betas: [],
  };
}

function pictureOf(height: number, width: number, seed: number): Image {
  const next = randomNumbers(seed);
  const data = Uint8Array.from({ length: height * width * CHANNELS }, () => Math.floor(next() * 256));
  return { width, height, channels: 3, bitDepth: 8, data };
}

async function valuesOf(restorer: Restorer, picture: Image, scale: number): Promise<Float64Array> {
  const [height, width] = [picture.height * scale, picture.width * scale];
  const all = new Float64Array(CHANNELS * height * width).fill(Number.NaN);
  await restorer.restore(
    picture,
    (rect, { data }) => {
      for (let channel = 0, from = 0; channel < CHANNELS; channel++)
        for (let row = 0; row < rect.height; row++)
          for (let column = 0; column < rect.width; column++)
            all[(channel * height + rect.top + row) * width + rect.left + column] = data[from++]!;
    },
    {},
  );
  return all;
}

let schemas: SchemaRegistry;
beforeAll(async () => {
  schemas = await loadSchemas();
});

const NAMES = { input: "x", output: "y" } as const;

async function openAt(net: Net, size?: { readonly height: number; readonly width: number }) {
  const bytes = await encoded(compileGraph(graphOf(net, size), { winograd: false }).model);
  const model = await readModel(bytes);
  const found = findTiling(model, picturePorts(model, "drawn"), schemas);
  const session = await createNodeSession(
    { name: "drawn", bytes },
    { target: "cpu", threads: 1, optimization: "disabled" },
  );
  return { found, session };
}

const cannotCut = () => new RangeError("the picture cannot be cut") as never;

function expectSame(actual: Float64Array, expected: Float64Array): void {
  const { passed, maxError, limit } = compareValues(expected, actual, TOLERANCES);
  expect([passed, maxError, limit]).toEqual([true, maxError, limit]);
}

it("gives the whole picture's result in tiles", { timeout: 1e9 }, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (each) => {
      const net = networkOf(each);
      const format: PictureFormat = { range: [0, 1], color: "rgb", scale: net.scale };
      const { found, session } = await openAt(net);
      expect(found).toMatchObject({ kind: "tiles", scale: net.scale });
      const { tiling } = found as { readonly tiling: GraphTiling };
      const [height, width] = each.size.map((blocks) => blocks * tiling.multiple) as [number, number];
      const picture = pictureOf(height, width, each.seed);
      const expected = await valuesOf(wholeRestorer(session, NAMES, format), picture, net.scale);
      const tiled = tileRestorer(session, NAMES, format, { tiling, side: each.side, fixed: {}, cannotCut });
      expectSame(await valuesOf(tiled, picture, net.scale), expected);
      await session.release();
    }),
    { numRuns: RUNS },
  );
});

it("gives the whole picture's result in tiles of the one size that a graph takes", { timeout: 1e9 }, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (each) => {
      const net = networkOf(each);
      const format: PictureFormat = { range: [0, 1], color: "rgb", scale: net.scale };
      const open = await openAt(net);
      const { tiling } = open.found as { readonly tiling: GraphTiling };
      const { reach, multiple } = tiling;
      const side = (Math.floor((2 * reach) / multiple) + 2) * multiple;
      const fixed = { height: side, width: side + multiple };
      const picture = pictureOf(
        fixed.height + each.size[0] * multiple,
        fixed.width + each.size[1] * multiple,
        each.seed,
      );
      const own = await openAt(net, fixed);
      expect(own.found).toEqual(open.found);
      const expected = await valuesOf(wholeRestorer(open.session, NAMES, format), picture, net.scale);
      const tiled = tileRestorer(own.session, NAMES, format, { tiling, side, fixed, cannotCut });
      expectSame(await valuesOf(tiled, picture, net.scale), expected);
      await own.session.release();
      await open.session.release();
    }),
    { numRuns: RUNS },
  );
});
