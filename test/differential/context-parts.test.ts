/** Networks run in parts: patches outside the graph, and tiles with one β. */
import { beforeAll, describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { randomNumbers } from "../../src/base/random.js";
import { referenceGraph } from "../../src/compile.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { Image } from "../../src/pictures/image.js";
import { crop } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { globalCost } from "../../src/restore/global/plan.js";
import type { OpenScratch } from "../../src/restore/global/scratch.js";
import { scratchFiles } from "../../src/restore/global/scratch-file-node.js";
import { heldBytes } from "../../src/restore/held-bytes.js";
import type { ContextOptions, Network } from "../../src/restore/network.js";
import { openDocument } from "../../src/restore/open-document.js";
import type { RunReport } from "../../src/restore/restorer.js";
import type { Rect } from "../../src/restore/tiles.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { fixture, type ImportedFixture, importStore, openFixture, readJson, readTensors } from "../support/fixtures.js";
import { absoluteError } from "../support/sessions.js";

/** What PyTorch and ONNX Runtime may differ by on a whole photograph, of values near [0, 1]. */
const PHOTOGRAPH = 2e-5;
/** Of the range, which is 1. */
const SEAMLESS = 1e-5;

const NETWORKS = ["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"] as const;

interface Info {
  readonly task: string;
  readonly scale: number;
  readonly patch: number;
}

const open = ({ spec, weights }: ImportedFixture, options: ContextOptions): Promise<Network> =>
  openDocument({ name: "model.json", spec, weights }, options, "cpu", (model) =>
    createNodeSession(model, { target: "cpu", threads: 1 }),
  );

/** The network's values, and what was said of the run. */
async function valuesOf(network: Network, picture: Image, scale: number) {
  const [height, width] = [picture.height * scale, picture.width * scale];
  const result = dense([1, 3, height, width]);
  const written = new Uint8Array(height * width);
  const emit = (rect: Rect, { data }: { readonly data: Float32Array }): void => {
    for (let row = 0; row < rect.height; row++)
      for (let column = 0; column < rect.width; column++) {
        const to = (rect.top + row) * width + rect.left + column;
        written[to]! += 1;
        for (let channel = 0; channel < 3; channel++)
          result.data[channel * height * width + to] = data[(channel * rect.height + row) * rect.width + column]!;
      }
  };
  const report: RunReport = await network.restorer.restore(picture, emit, {});
  await network.restorer.release();
  expect(written.every((times) => times === 1)).toBe(true);
  return { result, report };
}

describe.each(NETWORKS)("%s", (name) => {
  const info = readJson<Info>("models", name, "info.json");
  let model: ImportedFixture;
  let picture: Image;

  beforeAll(async () => {
    const config = new Map(Object.entries(readJson<Record<string, number>>("models", name, "info.json")));
    model = await importStore(await openFixture("models", name, "checkpoint.pt"), { config });
    const file = info.scale === 1 ? "chelsea-crop.png" : "chelsea.png";
    picture = await readImage(fixture("photographs", info.task, file), () => {});
  });

  it.each(name === "nsr-x3" ? (["auto", 29, "off"] as const) : (["auto"] as const))(
    "gives PyTorch's output in patches, in bands of %s rows",
    async (tile) => {
      const io = await readTensors("models", name, "patch.safetensors");
      const { result, report } = await valuesOf(await open(model, { context: "patch", tile }), picture, info.scale);
      expect(absoluteError(result, io.get("y")!)).toBeLessThanOrEqual(PHOTOGRAPH);
      expect(report).toMatchObject({ context: "patch", side: info.patch });
    },
  );

  it("gives the whole picture's output in tiles that do not divide it", async () => {
    const part = crop(picture, 3, 5, 71, 57);
    const whole = await valuesOf(await open(model, { context: "whole" }), part, info.scale);
    const tiled = await valuesOf(await open(model, { context: "global", tile: 30 }), part, info.scale);
    expect(absoluteError(tiled.result, whole.result)).toBeLessThanOrEqual(SEAMLESS);
    expect(tiled.report).toMatchObject({ context: "global", parts: 6, side: 30 });
    expect(tiled.report.cost).toBeGreaterThan(1);
    expect(tiled.report.cost).toBeLessThan(1.5);
  });
});

/** The smallest budget of whole megabytes that is not refused. */
function leastMemory({ spec, weights }: ImportedFixture, size: Image, scale: number): number {
  const graph = referenceGraph(spec, weights, { batch: 1 });
  for (let memory = 2 ** 20; ; memory += 2 ** 20) {
    try {
      globalCost(graph, size, { memory, held: heldBytes(size, scale), hasScratch: true });
      return memory;
    } catch (cause) {
      if (!(cause instanceof SmxcError)) throw cause;
    }
  }
}

/** Maps that lie in a file in part, of a picture whose sides are odd. */
describe.each(NETWORKS)("%s within a budget", (name) => {
  it("gives the whole picture's output in bands", async () => {
    const info = readJson<Info>("models", name, "info.json");
    const config = new Map(Object.entries(readJson<Record<string, number>>("models", name, "info.json")));
    const model = await importStore(await openFixture("models", name, "checkpoint.pt"), { config });
    const file = info.scale === 1 ? "chelsea-crop.png" : "chelsea.png";
    const part = crop(await readImage(fixture("photographs", info.task, file), () => {}), 1, 2, 83, 71);
    const whole = await valuesOf(await open(model, { context: "whole" }), part, info.scale);
    const inFiles = scratchFiles();
    let numbers = 0;
    const openScratch: OpenScratch = async (count) => {
      numbers = count;
      return inFiles(count);
    };
    const memory = leastMemory(model, part, info.scale);
    const bands = await valuesOf(await open(model, { context: "global", memory, openScratch }), part, info.scale);
    expect(absoluteError(bands.result, whole.result)).toBeLessThanOrEqual(SEAMLESS);
    expect(bands.report.parts).toBeGreaterThan(1);
    expect(bands.report.cost).toBeLessThan(1.5);
    expect(numbers).toBeGreaterThan(0);
    const refused = open(model, { context: "global", memory: memory / 2, openScratch });
    await expect(valuesOf(await refused, part, info.scale)).rejects.toMatchObject({
      diagnostics: [expect.objectContaining({ code: "run/memory" })],
    });
  });
});

describe("a network in tiles", () => {
  let model: ImportedFixture;
  const next = randomNumbers(5);
  const picture: Image = {
    width: 53,
    height: 47,
    channels: 3,
    bitDepth: 8,
    data: Uint8Array.from({ length: 53 * 47 * 3 }, (_, index) => (index / 30 + 120 * next()) % 256),
  };

  beforeAll(async () => {
    const config = new Map([["patch", 24]]);
    model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"), { config });
  });

  it("has the same β from all tiles by samples, and an error by few", async () => {
    const whole = await valuesOf(await open(model, { context: "whole" }), picture, 3);
    const options = { context: "global", tile: 20 } as const;
    const all = await valuesOf(await open(model, { ...options, samples: 9 }), picture, 3);
    expect(absoluteError(all.result, whole.result)).toBeLessThanOrEqual(SEAMLESS);
    expect(all.report.betaError).toBeUndefined();
    const few = await valuesOf(await open(model, { ...options, samples: 3 }), picture, 3);
    expect(absoluteError(few.result, whole.result)).toBeGreaterThan(SEAMLESS);
    expect(absoluteError(few.result, whole.result)).toBeLessThan(0.05);
    expect(few.report.betaError).toBeGreaterThan(0);
    expect(few.report.betaError).toBeLessThan(0.1);
  });

  it("runs whole pictures below four patches", async () => {
    const small = crop(picture, 0, 0, 40, 30);
    const whole = await valuesOf(await open(model, { context: "whole" }), small, 3);
    const patch = await valuesOf(await open(model, {}), small, 3);
    expect(patch.report).toMatchObject({ context: "whole", parts: 1 });
    expect(absoluteError(patch.result, whole.result)).toBeLessThanOrEqual(SEAMLESS);
  });

  it("stops when it is told to", async () => {
    const network = await open(model, { context: "global", tile: 20 });
    const controller = new AbortController();
    const onProgress = (done: number): void => {
      if (done === 2) controller.abort(new Error("enough"));
    };
    const work = network.restorer.restore(picture, () => {}, { onProgress, signal: controller.signal });
    await expect(work).rejects.toThrow("enough");
    await network.restorer.release();
  });

  /** The network with other layers in place of one. */
  const changed = (...instead: readonly object[]): ImportedFixture => {
    const { spec } = model;
    const layers = spec.layers.flatMap((layer) => (layer.name === "body.1" ? instead : [layer]));
    return { ...model, spec: { ...spec, layers } as typeof spec };
  };

  it.each([
    ["pools within windows", { op: "max_pool", kernel: [3, 3], stride: [1, 1], pad: 1 }],
    ["averages within windows", { op: "average_pool", kernel: [5, 5], stride: [1, 1], pad: 2 }],
  ])("gives the whole picture's output where a layer %s", async (_, layer) => {
    const pooled = changed({ name: "body.1", in: "body.0", ...layer });
    const whole = await valuesOf(await open(pooled, { context: "whole" }), picture, 3);
    const tiled = await valuesOf(await open(pooled, { context: "global", tile: 20 }), picture, 3);
    expect(absoluteError(tiled.result, whole.result)).toBeLessThanOrEqual(SEAMLESS);
  });

  it("refuses tiles where a layer needs the whole picture", async () => {
    const pooled = changed(
      { name: "mean", op: "global_pool", in: "body.0", flat: false },
      { name: "body.1", op: "mul", in: ["body.0", "mean"] },
    );
    const network = await open(pooled, { context: "global", tile: 20 });
    await expect(network.restorer.restore(picture, () => {}, {})).rejects.toMatchObject({
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: "context/not-local", place: "mean" })]),
    });
  });
});
