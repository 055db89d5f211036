import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crop, type Image, imageToTensor, tensorToImage, toBitDepth, toRgb } from "../../src/pictures/image.js";

const RGB: Image = { width: 2, height: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(0, 51, 255, 102, 153, 204) };

describe("pictures and tensors", () => {
  test("a picture becomes NCHW values of the range", () => {
    const { data, shape } = imageToTensor(RGB);
    expect(shape).toEqual([1, 3, 1, 2]);
    expect(Array.from(data)).toEqual([0, 0.4, 0.2, 0.6, 1, 0.8].map(Math.fround));
    expect(Array.from(imageToTensor(RGB, [-1, 1]).data)).toEqual([-1, -0.2, -0.6, 0.2, 1, 0.6].map(Math.fround));
  });

  test.each([8, 16] as const)("every sample of %i bits survives the way there and back", (bitDepth) => {
    const length = 2 ** bitDepth;
    const values = Array.from({ length }, (_, value) => value);
    const data = bitDepth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    const image: Image = { width: 256, height: length / 256, channels: 1, bitDepth, data };
    for (const range of [
      [0, 1],
      [0, 255],
      [-1, 1],
    ] as const) {
      expect(tensorToImage(imageToTensor(image, range), range, bitDepth)).toEqual(image);
    }
  });

  test("values are clamped, and halves rounded up", () => {
    const values = [-1, 2, 127.5 / 255, 126.49 / 255, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const image = tensorToImage({ data: Float32Array.from(values), shape: [1, 1, 1, 6] });
    expect(Array.from(image.data)).toEqual([0, 255, 128, 126, 255, 0]);
  });

  test("a burst network's output with its axis of one frame is a picture", () => {
    expect(tensorToImage({ data: new Float32Array(12), shape: [1, 3, 1, 2, 2] })).toMatchObject({
      channels: 3,
      width: 2,
    });
  });

  test("NaN is an error with its place", () => {
    const data = Float32Array.of(0, 0, 0, Number.NaN);
    expect(() => tensorToImage({ data, shape: [1, 1, 2, 2] })).toThrow(
      expect.objectContaining({
        diagnostics: [expect.objectContaining({ code: "image/not-finite", place: "channel 0, x 1, y 1" })],
      }),
    );
  });

  test.each([[[1, 2, 1, 1]], [[2, 3, 1, 1]]])("a tensor of shape %j is not a picture", (shape) => {
    expect(() => tensorToImage({ data: new Float32Array(6), shape })).toThrow("is not a picture");
  });
});

test("grey becomes three equal channels", () => {
  const grey: Image = {
    width: 2,
    height: 1,
    channels: 1,
    bitDepth: 8,
    data: Uint8Array.of(7, 9),
    alpha: Uint8Array.of(1, 2),
  };
  expect(toRgb(grey)).toEqual({ ...grey, channels: 3, data: Uint8Array.of(7, 7, 7, 9, 9, 9) });
  expect(toRgb(RGB)).toBe(RGB);
});

test("8 bits become 16 and come back", () => {
  const deep = toBitDepth({ ...RGB, alpha: Uint8Array.of(0, 255) }, 16);
  expect(Array.from(deep.data)).toEqual([0, 13107, 65535, 26214, 39321, 52428]);
  expect(Array.from(deep.alpha!)).toEqual([0, 65535]);
  expect(toBitDepth(deep, 8)).toEqual({ ...RGB, alpha: Uint8Array.of(0, 255) });
  expect(Array.from(toBitDepth({ ...RGB, bitDepth: 16, data: Uint16Array.of(128, 129) }, 8).data)).toEqual([0, 1]);
});

test("a crop is the pixels of its place", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(1, 3),
      fc.gen(),
      (w, h, channels, gen) => {
        const image = numbered(w, h, channels as 1 | 3);
        const x = gen(fc.integer, { min: 0, max: w - 1 });
        const y = gen(fc.integer, { min: 0, max: h - 1 });
        const part = crop(
          image,
          x,
          y,
          gen(fc.integer, { min: 1, max: w - x }),
          gen(fc.integer, { min: 1, max: h - y }),
        );
        for (let row = 0; row < part.height; row++) {
          for (let column = 0; column < part.width; column++) {
            const pixel = (y + row) * w + x + column;
            expect(part.data[(row * part.width + column) * channels]).toBe(pixel);
            expect(part.alpha![row * part.width + column]).toBe(pixel + 100);
          }
        }
      },
    ),
  );
});

/** A picture whose pixels hold their number, and their number + 100 as opacity. */
function numbered(width: number, height: number, channels: 1 | 3): Image {
  const pixels = Array.from({ length: width * height }, (_, index) => index);
  const data = Uint8Array.from(pixels.flatMap((pixel) => new Array<number>(channels).fill(pixel)));
  return { width, height, channels, bitDepth: 8, data, alpha: Uint8Array.from(pixels, (pixel) => pixel + 100) };
}
