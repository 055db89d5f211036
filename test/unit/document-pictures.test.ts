/** What a document says of its pictures: how they become the input, in every colour order, and what is done to them. */
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { compile } from "../../src/compile.js";
import { openWeights } from "../../src/files/open.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import type { ModelDocument } from "../../src/frontends/document/document.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { readMetadata } from "../../src/metadata.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { metadataOf } from "../../src/onnx/signature.js";
import { type Image, imageToTensor } from "../../src/pictures/image.js";
import { lumaOf } from "../../src/pictures/luma.js";
import { graphFormat, type PictureOptions } from "../../src/restore/graph-format.js";
import { networkInput } from "../../src/restore/network-input.js";
import { load } from "../../src/runtime/index-node.js";
import { importStore, openFixture } from "../support/fixtures.js";
import { encoded } from "../support/sessions.js";

const RED: Image = { width: 2, height: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(255, 51, 0, 255, 51, 0) };

type Pictures = NonNullable<ModelDocument["image"]>;

/** A network that leaves pictures as they are, but for the bias of its first channel. */
function document(image: Pictures): string {
  const channels = channelsOf(image);
  const layers = [{ name: "y", op: "conv", in: "x", out: channels, kernel: 1 }];
  const inputs = [{ name: "x", shape: ["N", channels, "H", "W"] }];
  return JSON.stringify({ version: 1, name: "darker", image, inputs, layers, outputs: ["y"] });
}

const channelsOf = ({ color }: Pictures): number => (color === "rgb" || color === "bgr" ? 3 : 1);

/** The bias takes away half of the way from black to white. */
async function weights(image: Pictures): Promise<Uint8Array<ArrayBuffer>> {
  const channels = channelsOf(image);
  const identity = Array.from({ length: channels ** 2 }, (_, at) => (at % (channels + 1) === 0 ? 1 : 0));
  const bias = Array.from({ length: channels }, (_, at) => (at === 0 ? (image.range[0] - image.range[1]) / 2 : 0));
  const tensor = (name: string, shape: readonly number[], values: readonly number[]) => ({
    name,
    tensor: { shape, read: async () => Float32Array.from(values) },
  });
  const tensors = [tensor("y.weight", [channels, channels, 1, 1], identity), tensor("y.bias", [channels], bias)];
  return collect(writeSafetensors(tensors, new Map()));
}

const given = async (image: Pictures) => ({ document: document(image), weights: await weights(image) });

async function graphOf(image: Pictures): Promise<Uint8Array<ArrayBuffer>> {
  const store = await openWeights(bytesSource("weights", await weights(image)));
  return encoded(compile(parseDocument(document(image), "m.json").spec, store).model);
}

const restored = async (image: Pictures, picture: Image): Promise<readonly number[]> => {
  const network = await load(await given(image));
  const { data } = (await network.restore(picture)).image;
  await network.release();
  return [...data.slice(0, 3)];
};

describe("colours and ranges", () => {
  it.each([
    ["rgb", [0, 1], [128, 51, 0]],
    ["rgb", [0, 255], [128, 51, 0]],
    ["bgr", [0, 255], [255, 51, 0]],
    ["bgr", [-1, 1], [255, 51, 0]],
    ["gray", [0, 255], [128, 0, 0]],
  ] as const)("a document of %s from %o restores pictures in colours", async (color, range, expected) => {
    expect(await restored({ color, range: [...range], scale: 1 }, RED)).toEqual(expected);
  });

  it("a document of luma changes the luma alone", async () => {
    const same = await restored({ color: "y", range: [0, 255], scale: 1 }, RED);
    // Half of what white is, is more than the luma of this red: what is left is its chroma, on black.
    expect(same[0]).toBeGreaterThan(same[1]!);
    expect(same[0]).toBeLessThan(RED.data[0]!);
    expect(same.slice(1)).toEqual([0, 0]);
  });

  it.each([
    ["rgb", [1, 3, 1, 2], [255, 255, 51, 51, 0, 0]],
    ["bgr", [1, 3, 1, 2], [0, 0, 51, 51, 255, 255]],
    ["gray", [3, 1, 1, 2], [255, 255, 51, 51, 0, 0]],
  ] as const)("what a network of %s takes a picture as", (color, shape, values) => {
    const input = networkInput(RED, { color, range: [0, 255] });
    expect([input.shape, [...input.data]]).toEqual([shape, values]);
  });

  it("what a network of luma takes a picture as", () => {
    expect(networkInput(RED, { color: "y", range: [0, 1] })).toEqual(imageToTensor(lumaOf(RED)));
  });

  it("a colour order that is none is refused with its place", () => {
    const text = document({ color: "rgb", range: [0, 1], scale: 1 }).replace('"rgb"', '"rbg"');
    expect(() => parseDocument(text, "m.json")).toThrow(
      expect.objectContaining({ diagnostics: [expect.objectContaining({ pointer: "/image/color" })] }),
    );
  });
});

describe("the task", () => {
  const image: Pictures = { color: "rgb", range: [0, 1], scale: 1, task: "remove noise (σ = 25)" };

  it("goes from the document into the graph, and is read back by the runtime", async () => {
    const graph = await graphOf(image);
    const { message: model } = await decodeGraph(bytesSource("m.onnx", graph));
    expect(readMetadata(metadataOf(model))?.image).toEqual(image);
    for (const input of [{ graph }, await given(image)]) {
      const network = await load(input);
      expect(network.format).toEqual(image);
      await network.release();
    }
  });

  it.each<[PictureOptions, string | undefined]>([
    [{ range: [0, 255] }, "remove noise (σ = 25)"],
    [{ scale: 2 }, undefined],
  ])("of a graph that is told %o is %j", async (told, task) => {
    const { message: model } = await decodeGraph(bytesSource("m.onnx", await graphOf(image)));
    const graph = { name: "m.onnx", model, metadata: readMetadata(metadataOf(model)) };
    const format = await graphFormat(graph, told, { schemas: async () => ({}) as never, report: () => {} });
    expect(format.task).toBe(task);
  });

  it.each(["", "two\nlines", "x".repeat(81)])("%j is none", (task) => {
    expect(() => parseDocument(document({ ...image, task }), "m.json")).toThrow(
      expect.objectContaining({ diagnostics: [expect.objectContaining({ pointer: "/image/task" })] }),
    );
  });

  it("of an import is to enlarge, where the scale tells it", async () => {
    const taskOf = async (name: string) =>
      (await importStore(await openFixture("models", name, "checkpoint.pt"))).spec.image?.task;
    expect([await taskOf("nsr-x3"), await taskOf("nsr-jpeg10")]).toEqual(["enlarge ×3", undefined]);
  });
});

it("what a document wants beside its picture is said before anything runs", async () => {
  const document = JSON.stringify({
    version: 1,
    name: "two",
    image: { color: "gray", range: [0, 1], scale: 1 },
    inputs: ["x", "noise_map"].map((name) => ({ name, shape: ["N", 1, "H", "W"] })),
    layers: [{ name: "y", op: "add", in: ["x", "noise_map"] }],
    outputs: ["y"],
  });
  await expect(load({ document })).rejects.toMatchObject({
    diagnostics: [
      { code: "run/other-inputs", message: 'the network needs other inputs besides the picture "x": noise_map' },
    ],
  });
});
