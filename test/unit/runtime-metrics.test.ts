/** Golden figures by Pillow 12.3 and scikit-image 0.26 on the same files, see fixtures/. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { crop, type Image, toBitDepth } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { picturePsnr, ssim } from "../../src/pictures/metrics.js";
import { resizeBicubic } from "../../src/pictures/resize.js";

const fixture = (name: string) =>
  readImage(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)), ({ message }) =>
    expect.unreachable(message),
  );

describe("bicubic resizing is Pillow's to the bit", () => {
  test.each(["80x50", "7x11"])("to %s", async (size) => {
    const [width = 0, height = 0] = size.split("x").map(Number);
    expect(resizeBicubic(await fixture("images/patch.png"), width, height)).toEqual(
      await fixture(`images/patch-bicubic-${size}.png`),
    );
  });

  test("to the same size is the same picture", async () => {
    const patch = await fixture("images/patch.png");
    expect(resizeBicubic(patch, patch.width, patch.height)).toEqual(patch);
  });

  test("of 16 bits and of opacity agrees with 8 bits", async () => {
    const patch = await fixture("images/patch.png");
    const alpha = patch.data.filter((_, index) => index % 3 === 0);
    const deep = resizeBicubic(toBitDepth({ ...patch, alpha }, 16), 80, 50);
    const shallow = resizeBicubic({ ...patch, alpha }, 80, 50);
    expect(shallow.alpha).toEqual(shallow.data.filter((_, index) => index % 3 === 0));
    const back = toBitDepth(deep, 8);
    expect(Math.max(...back.data.map((value, index) => Math.abs(value - shallow.data[index]!)))).toBeLessThanOrEqual(1);
  });
});

describe.each([
  [2, { rgb: 33.802693043747006, y: 35.2502608134006 }, { rgb: 0.9040200335526619, y: 0.915764245423871 }],
  [3, { rgb: 31.45292379808388, y: 32.889316572954726 }, { rgb: 0.8344643170671074, y: 0.8541723108223328 }],
])("the bicubic baseline of x%i", (scale, expectedPsnr, expectedSsim) => {
  const pair = async (): Promise<readonly [Image, Image]> => {
    const small = await fixture(`photographs/x${scale}/chelsea.png`);
    const large = resizeBicubic(small, small.width * scale, small.height * scale);
    return [large, crop(await fixture("photographs/hr/chelsea.png"), 0, 0, large.width, large.height)];
  };

  test.each(["rgb", "y"] as const)("has the PSNR and SSIM of the references in %s", async (color) => {
    const [a, b] = await pair();
    expect(picturePsnr(a, b, { shave: scale, color })).toBeCloseTo(expectedPsnr[color], 8);
    expect(ssim(a, b, { shave: scale, color })).toBeCloseTo(expectedSsim[color], 10);
  });
});

describe("the metrics", () => {
  test("of equal pictures are perfect", async () => {
    const patch = await fixture("images/patch.png");
    expect(picturePsnr(patch, patch, { shave: 0, color: "rgb" })).toBe(Number.POSITIVE_INFINITY);
    expect(ssim(patch, patch, { shave: 0, color: "y" })).toBeCloseTo(1, 12);
  });

  test("of 16 bits are those of 8 bits", async () => {
    const a = await fixture("images/patch.png");
    const b = { ...a, data: a.data.map((value) => value ^ 3) };
    for (const color of ["rgb", "y"] as const) {
      const options = { shave: 1, color };
      expect(picturePsnr(toBitDepth(a, 16), toBitDepth(b, 16), options)).toBeCloseTo(picturePsnr(a, b, options), 10);
    }
  });

  test("of one wrong sample follow from the definition", () => {
    const black: Image = { width: 2, height: 2, channels: 1, bitDepth: 8, data: new Uint8Array(4) };
    const other = { ...black, data: Uint8Array.of(255, 0, 0, 0) };
    expect(picturePsnr(black, other, { shave: 0, color: "rgb" })).toBeCloseTo(10 * Math.log10(4), 12);
    // Grey is not squeezed into the studio range.
    expect(picturePsnr(black, other, { shave: 0, color: "y" })).toBeCloseTo(10 * Math.log10(4), 12);
  });

  test("refuse a shave that takes all", async () => {
    const patch = await fixture("images/patch.png");
    const some = { shave: 14, color: "rgb" } as const;
    expect(picturePsnr(patch, patch, some)).toBe(Number.POSITIVE_INFINITY);
    expect(() => picturePsnr(patch, patch, { ...some, shave: 15 })).toThrow(
      "a shave of 15 leaves nothing of 37 × 29 pixels",
    );
  });

  test("refuse pictures of different sizes, and SSIM small ones", async () => {
    const patch = await fixture("images/patch.png");
    const options = { shave: 0, color: "rgb" } as const;
    expect(() => picturePsnr(patch, crop(patch, 0, 0, 5, 5), options)).toThrow(
      "37 × 29 pixels of 3 channels and 5 × 5",
    );
    expect(() => ssim(patch, patch, { shave: 10, color: "rgb" })).toThrow(
      "SSIM needs at least 11 × 11 pixels; 17 × 9 are left",
    );
  });
});
