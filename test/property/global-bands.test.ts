/** Random networks with routers, skips and several scales: in bands, with maps in memory and in a file, they give the whole picture's result. */
import "../support/seed.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import type { Graph, Node } from "../../src/ir/graph.js";
import type { Image } from "../../src/pictures/image.js";
import { globalParts, planGlobal } from "../../src/restore/global/plan.js";
import { memoryScratch, type OpenScratch } from "../../src/restore/global/scratch.js";
import { scratchFiles } from "../../src/restore/global/scratch-file-node.js";
import { heldBytes } from "../../src/restore/held-bytes.js";
import { globalRestorer } from "../../src/restore/restore-global.js";
import { wholeRestorer } from "../../src/restore/restore-whole.js";
import type { PartedNetwork, Restorer } from "../../src/restore/restorer.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { compareValues } from "../../src/verify/compare.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { encoded } from "../support/sessions.js";

const RUNS = Number(process.env.SMXC_CASES ?? 25);

/** A step of a network: a mixed convolution behind its router, a skip from so many values before, or an enlargement. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("mixed" as const), kernel: fc.constantFrom(1, 3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("plain" as const), kernel: fc.constantFrom(3, 5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("skip" as const), back: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("enlarge" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const problem = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  channels: fc.integer({ min: 1, max: 5 }),
  steps: fc.array(step, { maxLength: 7 }),
  height: fc.integer({ min: 1, max: 67 }),
  width: fc.integer({ min: 1, max: 53 }),
  /** Of the memory between the least that would do and what the whole picture takes. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  inFile: fc.boolean(),
});

function networkOf(seed: number, channels: number, steps: readonly Step[]): { graph: Graph; scale: number } {
  const next = randomNumbers(seed);
  const nodes: Node[] = [];
  const constants = new Map<string, LazyTensor>();
  const tensor = (...shape: readonly number[]): string => {
    const name = `w${constants.size}`;
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => (2 * next() - 1) / Math.sqrt(size / shape[0]!));
    constants.set(name, { shape, read: async () => values });
    return name;
  };
  const add = (op: Node["op"], attributes: unknown, ...inputs: readonly string[]): string => {
    const name = `v${nodes.length}`;
    nodes.push({ op, name, inputs, attributes, origin: { layer: name, pointer: "" } } as Node);
    return name;
  };
  const window = (kernel: number) => {
    const pad = (kernel - 1) / 2;
    return { stride: [1, 1], dilation: [1, 1], pads: [pad, pad, pad, pad], kernel: [kernel, kernel] };
  };
  const conv = (from: string, input: number, out: number, kernel: number): string =>
    add("conv", { ...window(kernel), groups: 1 }, from, tensor(out, input, kernel, kernel), tensor(out));
  let last = conv("x", 3, channels, 3);
  let scale = 1;
  let alike: string[] = [last];
  for (const each of steps) {
    if (each.kind === "mixed") {
      const [experts, cardinals] = [2, channels];
      const beta = add(
        "route",
        { experts, cardinals, temperature: 0.2, normalise: "softmax", stages: [{ kind: "linear", bias: true }] },
        last,
        tensor(experts * cardinals, channels),
        tensor(experts * cardinals),
      );
      const bank = tensor(experts, channels, channels, each.kernel, each.kernel);
      const mixture = { groups: 1, experts, out: channels, factors: [{ over: "out", on: "kernel" }], bias: "none" };
      last = add("mix_conv", { ...window(each.kernel), ...mixture, demodulate: null }, last, bank, beta);
      last = add("activation", { fn: "relu" }, last);
    } else if (each.kind === "plain") last = conv(last, channels, channels, each.kernel);
    else if (each.kind === "skip") last = add("add", {}, last, alike.at(-each.back) ?? alike[0]!);
    else if (scale < 4) {
      last = add("pixel_shuffle", { scale: 2 }, conv(last, channels, 4 * channels, 3));
      scale *= 2;
      alike = [];
    }
    alike.push(last);
  }
  const y = conv(last, channels, 3, 3);
  const input = { name: "x", shape: [1, 3, symbol("H"), symbol("W")] };
  const graph = { name: "net", inputs: [input], constants, nodes, outputs: [{ name: "y", value: y }], betas: [] };
  return { graph, scale };
}

/** The network's values for a picture, each written once, and the parts in which it ran. */
async function valuesOf(restorer: Restorer, picture: Image, scale: number) {
  const [height, width] = [picture.height * scale, picture.width * scale];
  const values = new Float32Array(3 * height * width).fill(Number.NaN);
  const { parts } = await restorer.restore(
    picture,
    (rect, { data }) => {
      for (let row = 0, from = 0; row < 3 * rect.height; row++)
        for (let column = 0; column < rect.width; column++, from++) {
          const [channel, y] = [Math.floor(row / rect.height), rect.top + (row % rect.height)];
          const at = (channel * height + y) * width + rect.left + column;
          expect(values[at]).toBeNaN();
          values[at] = data[from]!;
        }
    },
    {},
  );
  await restorer.release();
  return { values, parts };
}

const openPart: PartedNetwork["open"] = async (part) =>
  createNodeSession(
    { name: "part", bytes: await encoded(compileGraph(part, { target: "cpu" }).model) },
    { target: "cpu", threads: 1 },
  );

it(`${RUNS} random networks give the whole picture's result in bands`, { timeout: 1e9 }, async () => {
  const met = { bands: 0, file: 0 };
  await fc.assert(
    fc.asyncProperty(problem, async ({ seed, channels, steps, height, width, share, inFile }) => {
      const { graph, scale } = networkOf(seed, channels, steps);
      const next = randomNumbers(seed + 1);
      const data = Uint8Array.from({ length: 3 * height * width }, (_, at) => (at / 7 + 90 * next()) % 256);
      const picture: Image = { height, width, channels: 3, bitDepth: 8, data };
      const format = { range: [0, 1], color: "rgb", scale } as const;
      const session = await openPart(graph);
      const whole = await valuesOf(wholeRestorer(session, { input: "x", output: "y" }, format), picture, scale);

      const files = scratchFiles();
      let rooms = 0;
      const openScratch: OpenScratch = async (numbers) => {
        rooms++;
        return inFile ? files(numbers) : memoryScratch(numbers);
      };
      const held = heldBytes(picture, scale);
      const memory = budget(graph, picture, held, share);
      const restorer = globalRestorer({ graph, format, open: openPart, openStage: openPart }, { memory, openScratch });
      const { values, parts } = await valuesOf(restorer, picture, scale);
      met.bands += parts > 1 ? 1 : 0;
      met.file += rooms;
      const { passed, maxError, limit } = compareValues(whole.values, values, TOLERANCES);
      expect([passed, maxError, limit]).toEqual([true, maxError, limit]);
    }),
    { numRuns: RUNS },
  );
  expect(met.bands).toBeGreaterThan(RUNS / 4);
  expect(met.file).toBeGreaterThan(RUNS / 10);
});

/** Between the least that would do and what the whole picture takes. */
function budget(graph: Graph, size: Image, held: number, share: number): number {
  const parts = globalParts(graph);
  const takes = (memory: number): number | undefined => {
    try {
      return planGlobal(parts, size, { memory, held, hasScratch: true }).memory;
    } catch {
      return undefined;
    }
  };
  const most = takes(Number.POSITIVE_INFINITY)!;
  let least = held;
  for (let step = (most - held) / 2; step > 64; step /= 2) if (takes(least + step) === undefined) least += step;
  return least + 128 + share ** 3 * (most - least);
}
