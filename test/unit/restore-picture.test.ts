/** Pictures as people have them, through networks. */
import { beforeAll, describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import type { PictureColor } from "../../src/frontends/document/document.js";
import { type Image, newSamples } from "../../src/pictures/image.js";
import { resizeBicubic } from "../../src/pictures/resize.js";
import { openDocument } from "../../src/restore/open-document.js";
import { type RestoreOptions, type ResultTile, restorePicture } from "../../src/restore/restore.js";
import type { Restorer } from "../../src/restore/restorer.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { importStore, openFixture } from "../support/fixtures.js";

function picture(width: number, height: number, more: Partial<Image> = {}): Image {
  const { channels = 3, bitDepth = 8 } = more;
  const next = randomNumbers(width * height);
  const data = newSamples(bitDepth, width * height * channels);
  data.forEach((_, index) => {
    data[index] = Math.floor(next() * 2 ** bitDepth);
  });
  return { width, height, channels, bitDepth, data, ...more };
}

/** Doubles every pixel, in parts, and adds what depends on the channel and on where the part lies. */
function doubling(color: PictureColor, shift = 0) {
  const seen: Image[] = [];
  const restorer: Restorer = {
    async restore(image, emit) {
      seen.push(image);
      for (let top = 0; top < image.height; top += 2) {
        const rows = Math.min(2, image.height - top);
        const [height, width] = [rows * 2, image.width * 2];
        const values = new Float32Array(image.channels * height * width);
        for (let channel = 0, at = 0; channel < image.channels; channel++)
          for (let row = 0; row < height; row++)
            for (let column = 0; column < width; column++, at++) {
              const pixel = (top + (row >> 1)) * image.width + (column >> 1);
              values[at] =
                image.data[pixel * image.channels + channel]! / (2 ** image.bitDepth - 1) + (channel - 1) * shift;
            }
        emit({ top: top * 2, left: 0, height, width }, { data: values, shape: [1, image.channels, height, width] });
      }
      return { context: "whole", parts: 1 };
    },
    release: async () => {},
  };
  const format = { range: [0, 1], color, scale: 2 } as const;
  const run = async (image: Image, options: RestoreOptions = {}) =>
    (await restorePicture({ restorer, format, context: "whole", trained: undefined }, image, options)).image;
  return { run, seen };
}

const doubled = (image: Image): Image => {
  const { width, height, channels, data, bitDepth } = image;
  const out = newSamples(bitDepth, data.length * 4);
  for (let row = 0; row < height * 2; row++)
    for (let column = 0; column < width * 2; column++)
      for (let channel = 0; channel < channels; channel++)
        out[(row * width * 2 + column) * channels + channel] =
          data[((row >> 1) * width + (column >> 1)) * channels + channel]!;
  return { width: width * 2, height: height * 2, channels, bitDepth, data: out };
};

/** Parts of a result, put together. */
function joined({ width, height, channels, bitDepth }: Image, tiles: readonly ResultTile[]): Image {
  const data = newSamples(bitDepth, width * height * channels);
  const alpha = newSamples(bitDepth, width * height);
  for (const { left, top, image } of tiles)
    for (let row = 0; row < image.height; row++)
      for (const [to, from, samples] of [
        [data, image.data, channels],
        [alpha, image.alpha!, 1],
      ] as const) {
        const line = image.width * samples;
        to.set(from.subarray(row * line, (row + 1) * line), ((top + row) * width + left) * samples);
      }
  return { width, height, channels, bitDepth, data, alpha };
}

describe("colours and opacity", () => {
  it.each([8, 16] as const)("keeps %i bits", async (bitDepth) => {
    const image = picture(5, 7, { bitDepth });
    expect(await doubling("rgb").run(image)).toEqual(doubled(image));
  });

  it("shows a network for colours a grey picture in three channels, and takes their mean", async () => {
    const image = picture(4, 3, { channels: 1 });
    const { run, seen } = doubling("rgb", 0.3);
    expect(await run(image)).toEqual(doubled(image));
    expect(seen.map(({ channels }) => channels)).toEqual([3]);
  });

  it("runs each colour through a network for grey by itself", async () => {
    const image = picture(4, 3);
    const { run, seen } = doubling("gray");
    expect(await run(image)).toEqual(doubled(image));
    expect(seen.map(({ channels }) => channels)).toEqual([1, 1, 1]);
  });

  it("resizes, restores or drops opacity", async () => {
    const alpha = picture(6, 4, { channels: 1 }).data;
    const image = picture(6, 4, { alpha });
    const plane = { ...image, channels: 1, data: alpha } as const;
    const { alpha: _, ...grey } = plane;
    expect((await doubling("rgb").run(image)).alpha).toEqual(resizeBicubic(grey, 12, 8).data);
    expect((await doubling("rgb").run(image, { alpha: "restore" })).alpha).toEqual(doubled(grey).data);
    expect(await doubling("rgb").run(image, { alpha: "drop" })).not.toHaveProperty("alpha");
    const seen = await doubling("rgb").run(image);
    expect(seen.data).toEqual(doubled(image).data);
  });

  it("averages eight turns, each turned back", async () => {
    const image = picture(5, 3);
    const { run, seen } = doubling("rgb");
    expect(await run(image, { selfEnsemble: true })).toEqual(doubled(image));
    expect(seen).toHaveLength(8);
    expect(new Set(seen.map(({ data }) => data.join())).size).toBe(8);
    expect(seen.filter(({ width }) => width === 3)).toHaveLength(4);
  });

  it.each([
    ["rgb", {}, 4],
    ["bgr", {}, 4],
    ["rgb", { channels: 1 }, 4],
    ["gray", {}, 1],
    ["gray", { channels: 1 }, 4],
    ["y", {}, 1],
  ] as const)("gives what a network for %s makes of %j part by part, in %i parts", async (color, more, count) => {
    const alpha = picture(5, 7, { channels: 1 }).data;
    const image = picture(5, 7, { alpha, ...more });
    const tiles: ResultTile[] = [];
    const result = await doubling(color, 0.2).run(image, { onTile: (tile) => tiles.push(tile) });
    expect(tiles).toHaveLength(count);
    expect(joined(result, tiles)).toEqual(result);
  });

  it.each([{ selfEnsemble: true }, { alpha: "restore" }] as const)(
    "gives the whole result at its end where %j makes a pixel of several runs",
    async (options) => {
      const image = picture(5, 7, { alpha: picture(5, 7, { channels: 1 }).data });
      const tiles: ResultTile[] = [];
      const result = await doubling("rgb").run(image, { ...options, onTile: (tile) => tiles.push(tile) });
      expect(tiles).toEqual([{ left: 0, top: 0, image: result }]);
    },
  );

  it("gives each part when its run is done, not when all are", async () => {
    const told: string[] = [];
    const part = { data: new Float32Array(6), shape: [1, 3, 1, 2] };
    const restorer: Restorer = {
      async restore(_, emit) {
        emit({ top: 0, left: 0, height: 1, width: 2 }, part);
        told.push("between");
        emit({ top: 1, left: 0, height: 1, width: 2 }, part);
        return { context: "whole", parts: 2 };
      },
      release: async () => {},
    };
    const network = { restorer, format: { range: [0, 1], color: "rgb", scale: 1 }, context: "whole" } as const;
    await restorePicture({ ...network, trained: undefined }, picture(2, 2), {
      onTile: ({ left, top, image }) => told.push(`${left},${top} ${image.width}x${image.height}`),
    });
    expect(told).toEqual(["0,0 2x1", "between", "0,1 2x1"]);
  });

  it("puts blue first for a network for BGR, and red first again", async () => {
    const image = picture(3, 2);
    const { run, seen } = doubling("bgr");
    expect(await run(image)).toEqual(doubled(image));
    expect([...seen[0]!.data.slice(0, 3)]).toEqual([...image.data.slice(0, 3)].reverse());
  });

  it("tells one progress for all runs", async () => {
    const done: number[] = [];
    const restorer: Restorer = {
      async restore(_, __, { onProgress }) {
        onProgress?.(1, 2);
        onProgress?.(2, 2);
        return { context: "whole", parts: 2 };
      },
      release: async () => {},
    };
    const network = { restorer, format: { range: [0, 1], color: "rgb", scale: 1 }, context: "whole" } as const;
    await restorePicture({ ...network, trained: undefined }, picture(2, 2, { alpha: new Uint8Array(4) }), {
      alpha: "restore",
      onProgress: (part, total) => done.push(part / total),
    });
    expect(done).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it("refuses a result that is larger than announced, and NaN", async () => {
    const restorer: Restorer = {
      async restore(_, emit) {
        emit({ top: 0, left: 0, height: 6, width: 6 }, { data: new Float32Array(108), shape: [1, 3, 6, 6] });
        return { context: "whole", parts: 1 };
      },
      release: async () => {},
    };
    const network = { restorer, format: { range: [0, 1], color: "rgb", scale: 2 }, context: "whole" } as const;
    await expect(restorePicture({ ...network, trained: undefined }, picture(2, 2))).rejects.toMatchObject({
      diagnostics: [{ code: "run/wrong-scale" }],
    });
    await expect(doubling("rgb", Number.NaN).run(picture(2, 2))).rejects.toMatchObject({
      diagnostics: [{ code: "image/not-finite" }],
    });
  });
});

describe("sizes", () => {
  let network: Awaited<ReturnType<typeof openDocument>>;

  beforeAll(async () => {
    const model = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"), {
      config: new Map([["patch", 24]]),
    });
    network = await openDocument({ name: "m", spec: model.spec, weights: model.weights }, {}, "cpu", (bytes) =>
      createNodeSession(bytes, { target: "cpu", threads: 1 }),
    );
    return () => network.restorer.release();
  });

  it.each([
    [1, 1],
    [3, 700],
    [700, 2],
    [96, 97],
  ])("restores %i x %i pixels", async (width, height) => {
    const { image } = await restorePicture(network, picture(width, height));
    expect([image.width, image.height, image.data.length]).toEqual([3 * width, 3 * height, 27 * width * height]);
  });
});
