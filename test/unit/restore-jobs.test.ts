/** One picture by 1, 2 and 3 workers: the same samples, progress and β. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { importCheckpoint } from "../../src/api.js";
import * as build from "../../src/onnx/graph/build.js";
import type { Image } from "../../src/pictures/image.js";
import type { RestoreOptions } from "../../src/restore/restore.js";
import { load, type ModelInput, type NodeLoadOptions } from "../../src/runtime/index-node.js";
import { fixture } from "../support/fixtures.js";
import { bytesOf, floats } from "../support/picture-graphs.js";

function picture(width: number, height: number): Image {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 37 + (at >> 6) * 11) % 251);
  return { width, height, channels: 3, bitDepth: 8, data };
}

/** A convolution of 3×3 over pictures of some channels. */
async function blur(channels: 1 | 3): Promise<ModelInput> {
  const weights = Array.from({ length: channels * channels * 9 }, (_, at) => ((at * 5) % 7) / (20 * channels));
  const attribute = [
    build.attribute("kernel_shape", { ints: [3, 3] }),
    build.attribute("pads", { ints: [1, 1, 1, 1] }),
  ];
  const graph = await bytesOf({
    channels,
    nodes: [build.node("Conv", ["x", "w"], ["y"], { name: "blur", attribute })],
    constants: [floats("w", [channels, channels, 3, 3], ...weights)],
    output: ["N", channels, "H", "W"],
  });
  return { graph };
}

/** What a restoration gives and tells. */
async function restored(model: ModelInput, options: NodeLoadOptions, image: Image, how: RestoreOptions) {
  const network = await load(model, options);
  try {
    const progress: number[] = [];
    const betas: number[][] = [];
    const { image: result, report } = await network.restore(image, {
      ...how,
      onProgress: (done, total) => progress.push(done / total),
      onBetas: (told) => betas.push(...[...told.values()].map(({ data }) => [...data])),
    });
    return { data: result.data, report, progress, betas };
  } finally {
    await network.release();
  }
}

async function sameOfAll(model: ModelInput, options: NodeLoadOptions, image: Image, how: RestoreOptions = {}) {
  const one = await restored(model, { ...options, jobs: 1 }, image, how);
  for (const jobs of [2, 3]) expect(await restored(model, { ...options, jobs }, image, how)).toEqual(one);
  expect(one.progress.at(-1)).toBe(1);
  expect(one.progress).toEqual(one.progress.toSorted((a, b) => a - b));
  return one;
}

describe("jobs 1, 2 and 3 give the same", () => {
  let patches: ModelInput;
  beforeAll(async () => {
    const checkpoint = Uint8Array.from(readFileSync(fixture("models", "nsr-x3", "checkpoint.pt")));
    patches = await importCheckpoint(checkpoint, { config: new Map([["patch", 24]]) });
  });

  it("in patches, in several bands", async () => {
    const options = { context: "patch", tile: 24, exposeBeta: true } as const;
    const { report, progress, betas } = await sameOfAll(patches, options, picture(120, 110));
    expect(report).toMatchObject({ context: "patch", side: 24 });
    expect(progress.length).toBeGreaterThan(5);
    expect(betas.length).toBeGreaterThan(0);
  });

  it("in tiles", async () => {
    const model = await blur(3);
    const { report, data } = await sameOfAll(model, { tile: 16 }, picture(70, 50));
    expect(report).toMatchObject({ context: "whole", parts: 20, side: 16 });
    expect(data).toEqual((await restored(model, { tile: "off" }, picture(70, 50), {})).data);
  });

  it("each colour by itself, in all flips and rotations", async () => {
    const how = { selfEnsemble: true } as const;
    const { progress } = await sameOfAll(await blur(1), { threads: 1 }, picture(41, 33), how);
    expect(progress).toHaveLength(24);
  });
});

describe("an abort", () => {
  it("ends a restoration with its reason, and the network can go on", async () => {
    const network = await load(await blur(3), { tile: 16, jobs: 2 });
    const abort = new AbortController();
    const cut = network.restore(picture(200, 200), {
      signal: abort.signal,
      onProgress: (done) => {
        if (done === 5) abort.abort(new Error("enough"));
      },
    });
    await expect(cut).rejects.toThrow("enough");
    expect((await network.restore(picture(20, 20))).image).toMatchObject({ width: 20, height: 20 });
    await network.release();
  });
});
