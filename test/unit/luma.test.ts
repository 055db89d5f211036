/** BT.601 in studio range, as MATLAB's `rgb2ycbcr` has it. */
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { type Image, newSamples } from "../../src/pictures/image.js";
import { chromaOf, lumaOf, writeColours, writeGrey } from "../../src/pictures/luma.js";

const image = (channels: 1 | 3, ...data: readonly number[]): Image => ({
  width: data.length / channels,
  height: 1,
  channels,
  bitDepth: 8,
  data: Uint8Array.from(data),
});

/** Of 255, as planes of 16 bits hold them. */
const levels = ({ data }: Image): readonly number[] => [...data].map((value) => value / 257);

describe("luma and chroma", () => {
  it.each([
    ["black", [0, 0, 0], [16, 128, 128]],
    ["white", [255, 255, 255], [235, 128, 128]],
    ["red", [255, 0, 0], [81.481, 90.203, 240]],
    ["green", [0, 255, 0], [144.553, 53.797, 34.214]],
    ["blue", [0, 0, 255], [40.966, 240, 109.786]],
  ])("of %s are MATLAB's", (_, colours, expected) => {
    const picture = image(3, ...colours);
    const found = [lumaOf(picture), ...chromaOf(picture)].map((plane) => levels(plane)[0]!);
    for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 2);
  });

  it("of grey samples is that of the colour", () => {
    expect(levels(lumaOf(image(1, 0, 77, 255)))).toEqual(levels(lumaOf(image(3, 0, 0, 0, 77, 77, 77, 255, 255, 255))));
  });

  it.each([8, 16] as const)("give the samples back in %d bits", (bitDepth) => {
    const next = randomNumbers(3);
    const largest = 2 ** bitDepth - 1;
    const data = newSamples(bitDepth, 3000).map(() => Math.floor(next() * (largest + 1)));
    const picture: Image = { width: 1000, height: 1, channels: 3, bitDepth, data };
    const back = data.slice().fill(0);
    writeColours(
      lumaOf(picture).data,
      chromaOf(picture).map((plane) => plane.data),
      back,
      bitDepth,
    );
    // Planes hold 16 bits, and colours are up to twice a plane's distance apart.
    const most = bitDepth === 8 ? 0 : 3;
    expect(back.every((sample, index) => Math.abs(sample - data[index]!) <= most)).toBe(true);
    const grey: Image = { ...picture, width: 3000, channels: 1 };
    writeGrey(lumaOf(grey).data, back, bitDepth);
    expect(back.every((sample, index) => Math.abs(sample - data[index]!) <= most)).toBe(true);
  });
});
