/** What a compile writes of a graph's pictures, and the runtime reads. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { type GraphEntry, graphMetadata, METADATA_KEY, readMetadata } from "../../src/metadata.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import * as build from "../../src/onnx/graph/build.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import type { Image } from "../../src/pictures/image.js";
import { compiledPictures } from "../../src/restore/compiled-pictures.js";
import type { PictureOptions } from "../../src/restore/graph-format.js";
import { openGraph } from "../../src/restore/network.js";
import { load } from "../../src/runtime/index-node.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { fixture } from "../support/fixtures.js";
import { affine, bytesOf, pictureGraph } from "../support/picture-graphs.js";

const PICTURE: Image = {
  width: 24,
  height: 20,
  channels: 3,
  bitDepth: 8,
  data: Uint8Array.from({ length: 24 * 20 * 3 }, (_, index) => (index * 37) % 256),
};

function bytesOfExport(...path: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(fixture("onnx-exports", ...path)));
}

async function pictures(bytes: Uint8Array<ArrayBuffer>, told: PictureOptions = {}) {
  const { message: model } = await decodeGraph(bytesSource("any.onnx", bytes));
  const graph = { name: "any.onnx", model, metadata: undefined };
  return compiledPictures(graph, told, { schemas: loadSchemas, report: () => {} });
}

const written = (entry: GraphEntry) => readMetadata(graphMetadata(entry, { target: "wasm" }, []))!;

describe("compiledPictures", () => {
  it.each([
    ["compact", { range: [0, 1], color: "rgb", scale: 4 }, { reach: 5, multiple: 1 }],
    ["espcn", { range: [0, 1], color: "gray", scale: 3 }, { reach: 4, multiple: 1 }],
    ["unet", { range: [0, 1], color: "rgb", scale: 1 }, expect.objectContaining({ multiple: 4 })],
    ["rcan", { range: [0, 1], color: "rgb", scale: 2 }, undefined],
  ])("says how %s takes pictures", async (name, image, tiling) => {
    const found = await pictures(bytesOfExport(name, "open.onnx"));
    expect(found).toEqual({ image, ...(tiling === undefined ? {} : { tiling }) });
  });

  it("takes what it is told", async () => {
    const told = { range: [0, 255], color: "bgr" } as const;
    const { image } = await pictures(bytesOfExport("rcan", "open.onnx"), told);
    expect(image).toEqual({ range: [0, 255], color: "bgr", scale: 2 });
  });

  it("says nothing of what is no network of pictures, unless it is told something", async () => {
    const bytes = await bytesOf({ ...affine([1], [0]), output: ["N", 10] });
    expect(await pictures(bytes)).toEqual({});
    await expect(pictures(bytes, { scale: 1 })).rejects.toMatchObject({ diagnostics: [{ code: "run/no-picture" }] });
  });
});

describe("graphMetadata", () => {
  const image = { range: [0, 255] as [number, number], color: "y" as const, scale: 3 };
  const tiling = { reach: 7, multiple: 2 };

  it("is read back", () => {
    expect(written({ name: "net", image, tiling })).toMatchObject({
      model: "net",
      from: "onnx",
      image,
      tiling,
      compiled: { target: "wasm", context: "whole" },
    });
    expect(written({ name: "net" })).not.toHaveProperty("image");
  });

  it("keeps what an earlier compile said", () => {
    const before = readMetadata(graphMetadata({ name: "first", tiling }, { target: "cpu" }, []))!;
    expect(written({ name: "second", image, before })).toEqual({ ...before, image });
  });
});

describe("the runtime", () => {
  const plain = () => bytesOf(affine([1, 0, 0], [0]));
  const firstPixel = async (bytes: Uint8Array, options: Parameters<typeof load>[1] = {}) => {
    const network = await load({ graph: bytes, name: "any.onnx" }, options);
    const { image } = await network.restore(PICTURE);
    await network.release();
    return [...image.data.slice(0, 3)];
  };
  const [red, , blue] = PICTURE.data;

  it("takes what a graph says, without options", async () => {
    const metadata = graphMetadata({ name: "net", image: { range: [0, 1], color: "bgr", scale: 1 } }, {}, []);
    expect(await firstPixel(await bytesOf({ ...affine([1, 0, 0], [0]), metadata }))).toEqual([0, 0, blue]);
  });

  it("takes rgb of 0 to 1 where nothing is said, or what it is told", async () => {
    expect(await firstPixel(await plain())).toEqual([red, 0, 0]);
    expect(await firstPixel(await plain(), { picture: { color: "bgr" } })).toEqual([0, 0, blue]);
  });

  it("names options as the library calls them", async () => {
    const thrice = pictureGraph({ nodes: [build.node("Resize", ["x", "", "scales"], ["y"], {})], constants: [] });
    const scales = build.floatTensor("scales", "FLOAT", { shape: [4], read: async () => Float32Array.of(1, 1, 3, 3) });
    const model = { ...thrice, graph: { ...thrice.graph!, initializer: [scales] } };
    const bytes = await collect(encodeModel(model).model);
    await expect(load({ graph: bytes }, { picture: { scale: 2 } })).rejects.toMatchObject({
      diagnostics: [{ code: "run/wrong-scale", hint: "leave out picture.scale" }],
    });
  });

  it("tells what is taken otherwise than the graph says", async () => {
    const metadata = graphMetadata({ name: "net", image: { range: [0, 1], color: "bgr", scale: 1 } }, {}, []);
    const told: Diagnostic[] = [];
    const bytes = await bytesOf({ ...affine([1], [0]), metadata });
    await firstPixel(bytes, { picture: { range: [0, 255] }, report: (each) => told.push(each) });
    expect(told).toMatchObject([{ code: "run/other-format", severity: "warning" }]);
    expect(metadata.has(METADATA_KEY)).toBe(true);
  });

  it.each([
    ["dncnn", "open", 100, 100, 100, "whole"],
    ["dncnn", "open", 1100, 1000, 4000, "whole"],
    ["dncnn", "open", 1100, 1000, 50, "tiles"],
    ["rcan", "open", 1100, 1000, 4000, "whole"],
    ["espcn", "static", 12, 16, 100, "whole"],
    ["espcn", "static", 13, 16, 100, undefined],
  ])("runs %s (%s) of %d × %d pixels within %d MB as %s", async (name, file, width, height, megabytes, expected) => {
    const bytes = bytesOfExport(name, `${file}.onnx`);
    const { message: model } = await decodeGraph(bytesSource("any.onnx", bytes));
    const session = await createNodeSession({ name: "any.onnx", bytes }, { target: "cpu" });
    const { restorer } = await openGraph({ name: "any.onnx", model, session }, { memory: megabytes * 1e6 });
    expect((await restorer.plan?.({ width, height }))?.chosen.kind).toBe(expected);
    await restorer.release();
  });

  it("refuses what does not fit and cannot be cut, with what it takes", async () => {
    const bytes = bytesOfExport("rcan", "open.onnx");
    const { message: model } = await decodeGraph(bytesSource("any.onnx", bytes));
    const session = await createNodeSession({ name: "any.onnx", bytes }, { target: "cpu" });
    const { restorer } = await openGraph({ name: "any.onnx", model, session }, { memory: 2e7 });
    await expect(restorer.plan!({ width: 1100, height: 1000 })).rejects.toMatchObject({
      diagnostics: [{ code: "run/memory", message: expect.stringContaining("the network cannot run in parts") }],
    });
    await restorer.release();
  });

  it("runs in tiles by what the metadata says", async () => {
    const bytes = bytesOfExport("dncnn", "open.onnx");
    const { message } = await decodeGraph(bytesSource("any.onnx", bytes));
    const found = await pictures(bytes);
    const entries = [...graphMetadata({ name: "net", ...found }, {}, [])];
    const metadata_props = entries.map(([key, value]) => build.property(key, value));
    const said = await collect(encodeModel({ ...message, metadata_props }).model);
    const network = await load({ graph: said }, { tile: 9 });
    const { report } = await network.restore(PICTURE);
    expect(report).toMatchObject({ context: "whole", parts: 9, side: 9 });
    await network.release();
  });
});
