/** Colours of pictures: sRGB by content is left alone, all else is converted or told of. */
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { isSrgbProfile, readProfile } from "../../src/pictures/icc.js";
import { encodeSrgb } from "../../src/pictures/transfer-curves.js";
import { fixture } from "../support/fixtures.js";
import {
  curve,
  description,
  gamma,
  iccProfile,
  labTable,
  parametric,
  rgbProfile,
  SRGB_COLORANTS,
  SRGB_PARAMETERS,
  xyz,
} from "../support/icc.js";
import { profileChunk, withChunks } from "../support/png.js";
import {
  COLOUR,
  COLOURS,
  codes,
  DEEP,
  DEEP_GREY,
  decode,
  GREY,
  MUTED,
  mostApart,
  parametricSrgb,
  raw,
  srgb,
  table,
} from "./runtime-colours/pictures.js";

describe("a profile is judged by its content", () => {
  test.each([
    ["parametric", "any name", parametricSrgb],
    ["with an offset", "", parametric(4, ...SRGB_PARAMETERS, 0, 0)],
    ["a table of 1024 values", "IEC61966-2.1", table(1024, srgb)],
    ["a table of 4096 values", "Camera", table(4096, srgb)],
  ])("sRGB: %s", (_, name, trc) => {
    expect(isSrgbProfile(rgbProfile(name, trc))).toBe(true);
    expect(isSrgbProfile(rgbProfile(name, trc, { version: 2 }))).toBe(true);
  });

  test.each([
    ["linear", curve()],
    ["linear, parametric", parametric(0, 1)],
    ["the gamma 1.8", gamma(1.8)],
    ["the gamma 2.2", gamma(2.2)],
    ["BT.709", parametric(3, 1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)],
    ["a table of L*", table(256, (x) => (x <= 0.08 ? (x * 100) / 903.3 : ((x + 0.16) / 1.16) ** 3))],
  ])("not sRGB, whatever its name: %s", (_, trc) => {
    expect(isSrgbProfile(rgbProfile("sRGB IEC61966-2.1", trc))).toBe(false);
  });

  test("not sRGB: other primaries, or one channel's curve", () => {
    const curves = { rTRC: parametricSrgb, gTRC: parametricSrgb, bTRC: parametricSrgb };
    const wide = {
      rXYZ: xyz([0.51512, 0.2412, -0.00105]),
      gXYZ: xyz([0.29198, 0.69225, 0.04189]),
      bXYZ: xyz([0.1571, 0.06657, 0.78407]),
    };
    expect(isSrgbProfile(iccProfile({ desc: description("sRGB"), ...wide, ...curves }))).toBe(false);
    expect(isSrgbProfile(iccProfile({ ...SRGB_COLORANTS, ...curves, bTRC: gamma(1) }))).toBe(false);
  });

  test("libvips' own sRGB", async () => {
    const tagged = await sharp(COLOURS, raw).withIccProfile("srgb").jpeg().toBuffer();
    expect(isSrgbProfile((await sharp(tagged).metadata()).icc!)).toBe(true);
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a cut one", rgbProfile("sRGB", parametricSrgb).subarray(0, 300)],
    ["no colorants", iccProfile({ rTRC: gamma(1), gTRC: gamma(1), bTRC: gamma(1) })],
    ["a curve of unknown type", rgbProfile("sRGB", parametric(9, 1))],
    ["a curve that is cut", rgbProfile("sRGB", parametric(3, 2.4))],
    ["a gamma of 0", rgbProfile("sRGB", gamma(0))],
    ["no colour space", rgbProfile("sRGB", gamma(1), { deviceClass: "link" })],
    ["colours that make no white", iccProfile({ rXYZ: xyz([0, 0, 0]), gXYZ: xyz([0, 0, 0]), bXYZ: xyz([0, 0, 0]) })],
    ["bytes of no profile", Buffer.alloc(400, 0xff)],
  ])("unusable: %s", (_, profile) => {
    expect(readProfile(profile)).toMatchObject({ kind: "unusable", reason: /./ });
  });
});

describe("profiles in files", () => {
  test("the same picture with a linear profile, whatever its name, is the same picture", async () => {
    const [ordinary, ...linear] = await Promise.all(
      ["ordinary", "linear", "linear-other-name"].map((name) =>
        decode(readFileSync(fixture("images", "files", `${name}.png`))),
      ),
    );
    expect(codes(ordinary!.warnings)).toEqual([]);
    for (const { image, warnings } of linear) {
      expect(codes(warnings)).toEqual(["image/converted-profile"]);
      // 8 bits of light are coarse where it is dark.
      expect(mostApart(image, ordinary!.image)).toBeLessThanOrEqual(7);
    }
    expect(mostApart(linear[0]!.image, linear[1]!.image)).toBe(0);
  });

  test.each([
    ["linear", rgbProfile("sRGB", curve())],
    ["gamma 1.8", rgbProfile("sRGB", gamma(1.8))],
    [
      "L*, as a table",
      rgbProfile(
        "a",
        table(1024, (x) => x ** 2.6),
      ),
    ],
  ])("%s is converted as lcms does", async (_, profile) => {
    const tagged = withChunks(COLOUR, [profileChunk(profile)]);
    const { image, warnings } = await decode(tagged);
    expect(codes(warnings)).toEqual(["image/converted-profile"]);
    const lcms = await sharp(tagged).toColourspace("srgb").raw().toBuffer();
    expect(mostApart(image, { data: lcms })).toBeLessThanOrEqual(1);
  });

  test("Display P3 as lcms does, in 8 and in 16 bits", async () => {
    const eight = await sharp(MUTED, raw).withIccProfile("p3").png().toBuffer();
    const plain = await decode(eight);
    expect(codes(plain.warnings)).toEqual(["image/converted-profile"]);
    expect(mostApart(plain.image, { data: MUTED })).toBeLessThanOrEqual(1);
    const deep = Uint16Array.from(MUTED, (sample) => sample * 257);
    const sixteen = await sharp(MUTED, raw).toColourspace("rgb16").withIccProfile("p3").png().toBuffer();
    const { image, warnings } = await decode(sixteen);
    expect(codes(warnings)).toEqual(["image/converted-profile"]);
    // libvips writes Display P3 in steps of 8 bits.
    expect(mostApart(image, { data: deep })).toBeLessThanOrEqual(257);
  });

  test.each(["jpeg", "webp", "tiff"] as const)("in %s files", async (format) => {
    const options = {
      jpeg: { quality: 100, chromaSubsampling: "4:4:4" },
      webp: { lossless: true },
      tiff: { compression: "none" },
    }[format];
    for (const [profile, expected] of [
      ["srgb", []],
      ["p3", ["image/converted-profile"]],
    ] as const) {
      const file = await sharp(COLOURS, raw).withIccProfile(profile).toFormat(format, options).toBuffer();
      expect(codes((await decode(file)).warnings)).toEqual(expected);
    }
  });

  test("of grey pictures: a grey profile, and one of colours", async () => {
    for (const [file, scale] of [
      [GREY, 1],
      [DEEP_GREY, 257],
    ] as const) {
      const form = { samples: "GRAY" };
      for (const profile of [iccProfile({ kTRC: gamma(1) }, form), rgbProfile("sRGB", gamma(1))]) {
        const { image, warnings } = await decode(withChunks(file, [profileChunk(profile)]));
        expect(codes(warnings)).toEqual(["image/converted-profile"]);
        expect(image.channels).toBe(1);
        for (const level of [0, 1, 64, 128, 255]) {
          expect(Math.abs(image.data[level]! - encodeSrgb(level / 255) * 255 * scale)).toBeLessThanOrEqual(0.51);
        }
      }
      expect(
        (await decode(withChunks(file, [profileChunk(iccProfile({ kTRC: parametricSrgb }, form))]))).warnings,
      ).toEqual([]);
      // Over Lab, an identity is L*.
      const lightness = await decode(
        withChunks(file, [profileChunk(iccProfile({ kTRC: curve() }, { ...form, connection: "Lab " }))]),
      );
      expect(Math.abs(lightness.image.data[128]! / scale - 119.5)).toBeLessThan(1);
    }
  });

  test("of tables are left to the colour engine, in 8 and in 16 bits", async () => {
    // Red and green change places: Lab of 8 bits, lightness by green.
    const profile = iccProfile(
      { desc: description("sRGB"), A2B0: labTable((r, g, b) => [Math.round((r + 2 * g + b) * 63.75), 128, 128]) },
      { version: 2, connection: "Lab " },
    );
    for (const [file, depth] of [
      [COLOUR, 8],
      [DEEP, 16],
    ] as const) {
      const { image, warnings } = await decode(withChunks(file, [profileChunk(profile)]));
      expect(codes(warnings)).toEqual(["image/converted-profile"]);
      expect(image.bitDepth).toBe(depth);
      const largest = 2 ** depth - 1;
      for (let pixel = 0; pixel < 256; pixel += 17) {
        const [r, g, b] = image.data.subarray(pixel * 3, pixel * 3 + 3);
        expect(Math.max(r!, g!, b!) - Math.min(r!, g!, b!)).toBeLessThanOrEqual(largest / 60);
      }
    }
  });

  test.each([
    ["a damaged one", COLOUR, rgbProfile("sRGB", parametric(9, 1))],
    ["a cut one", COLOUR, rgbProfile("sRGB", gamma(1)).subarray(0, 200)],
    ["tables that are none", COLOUR, iccProfile({ A2B0: Buffer.alloc(60) }, { connection: "Lab " })],
    ["a grey one in a picture of colours", COLOUR, iccProfile({ kTRC: gamma(1) }, { samples: "GRAY" })],
    ["one for CMYK", COLOUR, iccProfile({ A2B0: Buffer.alloc(60) }, { samples: "CMYK", connection: "Lab " })],
    ["tables for 16 bits of grey", DEEP_GREY, iccProfile({ A2B0: Buffer.alloc(60) }, { samples: "GRAY" })],
  ])("%s: the samples are taken as they are, with a warning", async (_, file, profile) => {
    const { image, warnings } = await decode(withChunks(file, [profileChunk(profile)]));
    expect(codes(warnings)).toEqual(["image/unknown-colours"]);
    expect(image.data).toEqual((await decode(file)).image.data);
  });

  test("a CMYK picture with a profile that cannot be used", async () => {
    const cmyk = await sharp(COLOURS, raw).toColourspace("cmyk").withIccProfile("cmyk").jpeg().toBuffer();
    expect(codes((await decode(cmyk)).warnings)).toEqual(["image/cmyk"]);
    const broken = Buffer.from(cmyk);
    broken.fill(0, cmyk.indexOf("acsp"), cmyk.indexOf("acsp") + 4);
    expect(codes((await decode(broken)).warnings)).toEqual(["image/cmyk", "image/unknown-colours"]);
  });
});
