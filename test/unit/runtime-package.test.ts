/** `smxc/runtime`: what programs load networks with. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, importCheckpoint } from "../../src/api.js";
import { crop, type Image } from "../../src/pictures/image.js";
import { imageFromPixels, pixelsOf } from "../../src/pictures/pixels.js";
import {
  type Betas,
  decodeImage,
  encodeImage,
  load,
  type ModelInput,
  type ResultTile,
  readImage,
} from "../../src/runtime/index-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
const { at } = folder;
let inMemory: ModelInput;
let graph: Uint8Array;

const picture: Image = {
  width: 31,
  height: 23,
  channels: 3,
  bitDepth: 8,
  data: Uint8Array.from({ length: 31 * 23 * 3 }, (_, index) => (index * 37) % 251),
};

beforeAll(async () => {
  const checkpoint = Uint8Array.from(readFileSync(fixture("models", "nsr-x3", "checkpoint.pt")));
  const options = { config: new Map([["patch", 24]]), weightsFile: "m.weights.safetensors" };
  const { document, weights } = await importCheckpoint(checkpoint, options);
  graph = await compile(document, weights);
  inMemory = { document, weights };
  writeFileSync(at("m.json"), JSON.stringify(document));
  writeFileSync(at("m.weights.safetensors"), weights);
  writeFileSync(at("m.onnx"), graph);
});
afterAll(folder.remove);

describe("load", () => {
  it("tells the result's size before a run, and gives parts that cover the result of patches", async () => {
    const network = await load(at("m.json"), { threads: 1, jobs: 1, context: "patch", tile: 24 });
    const side = 100;
    const large: Image = { ...picture, width: side, height: side, data: new Uint8Array(side * side * 3).fill(90) };
    const tiles: ResultTile[] = [];
    const { image } = await network.restore(large, { onTile: (tile) => tiles.push(tile) });
    expect(network.resultSize(large)).toEqual({ width: image.width, height: image.height });
    expect(tiles.length).toBeGreaterThan(1);
    expect(tiles.reduce((sum, tile) => sum + tile.image.width * tile.image.height, 0)).toBe(image.width * image.height);
    for (const { left, top, image: part } of tiles)
      expect(part).toEqual(crop(image, left, top, part.width, part.height));
    await network.release();
  });

  it("reads a picture in memory as it reads the file", async () => {
    const bytes = await encodeImage(picture, "p.png", () => {});
    writeFileSync(at("p.png"), bytes);
    expect(await decodeImage(bytes, "p.png", () => {})).toEqual(await readImage(at("p.png"), () => {}));
  });

  it("gives the same picture from files and from memory, from documents and graphs", async () => {
    const results: Image[] = [];
    for (const model of [at("m.json"), at("m.onnx"), inMemory, { graph }]) {
      const network = await load(model, { threads: 1, context: "whole" });
      expect(network).toMatchObject({ context: "whole", trained: "patch", format: { scale: 3, color: "rgb" } });
      results.push((await network.restore(picture)).image);
      await network.release();
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]).toMatchObject({ width: 93, height: 69 });
  });

  it.each([
    ["whole", ["whole", "done"]],
    ["patch", ["done"]],
  ] as const)("tells how a picture will be run, in the context %s, where that was chosen", async (context, told) => {
    const network = await load(at("m.json"), { threads: 1, context });
    const found: string[] = [];
    const large = { ...picture, width: 99, height: 98, data: new Uint8Array(99 * 98 * 3).fill(90) };
    await network.restore(large, {
      onPlan: ({ chosen }) => found.push(chosen.seconds > 0 && chosen.bytes > 0 ? chosen.kind : "nothing"),
      onProgress: (done, total) => done === total && found.push("done"),
    });
    await network.release();
    expect(found).toEqual(told);
  });

  it("keeps to the context of the training where that is asked for, and tells the progress", async () => {
    const network = await load(at("m.json"), { threads: 1, context: "trained" });
    const parts: number[] = [];
    const large = { ...picture, width: 99, height: 98, data: new Uint8Array(99 * 98 * 3).fill(90) };
    const { report } = await network.restore(large, { onProgress: (done, total) => parts.push(done / total) });
    await network.release();
    expect(network.context).toBe("patch");
    expect(report).toMatchObject({ context: "patch", side: 24 });
    expect(parts.at(-1)).toBe(1);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
  });

  it.each(["whole", "patch", "global"] as const)("tells β, pooled over %s", async (context) => {
    const large = { ...picture, width: 99, height: 98, data: new Uint8Array(99 * 98 * 3).map((_, i) => (i * i) % 239) };
    const restore = async (exposeBeta: boolean) => {
      const network = await load(at("m.json"), {
        threads: 1,
        context,
        tile: context === "global" ? 40 : "auto",
        exposeBeta,
      });
      const told: Betas[] = [];
      const { image, report } = await network.restore(large, { onBetas: (betas) => told.push(betas) });
      await network.release();
      return { image, report, told };
    };
    const { image, report, told } = await restore(true);
    const names = [...new Set(told.flatMap((betas) => [...betas.keys()]))];
    expect(names).toEqual([1, 2, 3, 4].flatMap((block) => [0, 2].map((conv) => `beta.body.${block}.body.${conv}`)));
    for (const name of names) {
      const values = told.flatMap((betas) => betas.get(name) ?? []);
      expect(values.reduce((sum, { shape }) => sum + shape[0]!, 0)).toBe(context === "patch" ? report.parts : 1);
      for (const { shape, data } of values) {
        expect(shape.slice(1)).toEqual([3, 1]);
        for (let i = 0; i < data.length; i += 3) expect(data[i]! + data[i + 1]! + data[i + 2]!).toBeCloseTo(1, 5);
      }
    }
    const quiet = await restore(false);
    expect(quiet.told).toEqual([]);
    const apart = Array.from(image.data, (sample, index) => Math.abs(sample - quiet.image.data[index]!));
    expect(apart.reduce((most, each) => Math.max(most, each))).toBeLessThanOrEqual(1);
  });

  it("tells the same β of tiles as of the whole picture", async () => {
    const betasIn = async (context: "whole" | "global") => {
      const network = await load(at("m.json"), {
        threads: 1,
        context,
        tile: context === "global" ? 10 : "auto",
        exposeBeta: true,
      });
      const betas = new Map<string, readonly number[]>();
      await network.restore(picture, {
        onBetas: (told) => told.forEach(({ data }, name) => void betas.set(name, [...data])),
      });
      await network.release();
      return betas;
    };
    const [whole, global] = [await betasIn("whole"), await betasIn("global")];
    expect([...global.keys()]).toEqual([...whole.keys()]);
    for (const [name, values] of whole)
      for (const [index, value] of values.entries()) expect(global.get(name)![index]).toBeCloseTo(value, 5);
  });

  it("runs on WebAssembly too", async () => {
    const network = await load(at("m.onnx"), { target: "wasm", threads: 1 });
    const { image } = await network.restore(picture);
    await network.release();
    const cpu = await load(at("m.onnx"), { threads: 1 });
    const { image: expected } = await cpu.restore(picture);
    await cpu.release();
    for (const [index, sample] of image.data.entries())
      expect(Math.abs(sample - expected.data[index]!)).toBeLessThanOrEqual(1);
  });

  it("stops when it is told to", async () => {
    const network = await load(at("m.json"), { threads: 1 });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(network.restore(picture, { signal })).rejects.toThrow("enough");
    await network.release();
  });

  it.each([
    ["another file's weights", () => ({ ...inMemory, weights: graph }), "weights/wrong-checksum"],
    ["a file that is not there", () => at("none.json"), "runtime/cannot-read"],
    ["no graph", () => ({ graph: new Uint8Array([1, 2, 3]) }), "onnx/"],
    ["no document", () => ({ document: "{}" }), "document/"],
  ])("refuses %s", async (_, model, code) => {
    await expect(load(model() as ModelInput | string)).rejects.toMatchObject({
      name: "SmxcError",
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: expect.stringContaining(code) })]),
    });
  });
});

describe("pixels of canvases", () => {
  it("come and go without loss", () => {
    const opaque = pixelsOf(picture);
    expect(opaque.data.length).toBe(31 * 23 * 4);
    expect(imageFromPixels(opaque)).toEqual(picture);
    const alpha = Uint8Array.from({ length: 31 * 23 }, (_, index) => index % 256);
    expect(imageFromPixels(pixelsOf({ ...picture, alpha }))).toEqual({ ...picture, alpha });
    const grey: Image = { width: 2, height: 1, channels: 1, bitDepth: 16, data: Uint16Array.of(0, 65535) };
    expect([...pixelsOf(grey).data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });
});

describe("the package", () => {
  it("has an entry for Node and one for browsers", async () => {
    const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(Object.keys(exports["./runtime"])).toEqual(["browser", "types", "default"]);
    // By the package's own name, as a program has it.
    const entry: object = await import("smxc/runtime" as string);
    expect(Object.keys(entry)).toEqual(expect.arrayContaining(["load", "readImage", "encodeImage", "SmxcError"]));
    expect([encodeImage, readImage].every((each) => typeof each === "function")).toBe(true);
  });
});
