/** Colours of pictures: sRGB by content is left alone, all else is converted or told of. */
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { decodeImage } from "../../src/pictures/decode-image-node.js";
import { isSrgbProfile, readProfile } from "../../src/pictures/icc.js";
import type { Image } from "../../src/pictures/image.js";
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
import { chromaticitiesChunk, gammaChunk, profileChunk, withChunks } from "../support/png.js";
import { type Tags, tiff, type Value } from "../support/tiff.js";

const SRGB_CHROMATICITIES = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
const P3_CHROMATICITIES = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];

/** Every level in every channel, and colours between. */
const COLOURS = Uint8Array.from({ length: 256 * 3 }, (_, i) => [i / 3, 255 - i / 3, (i * 7) % 256][i % 3]!);
/** The same, less saturated: colours that both spaces have, and none so dark that a level is much light. */
const MUTED = COLOURS.map((sample) => 64 + sample / 2);
const raw = { raw: { width: 256, height: 1, channels: 3 } } as const;
const COLOUR = await sharp(COLOURS, raw).png().toBuffer();
const GREY = await sharp(
  COLOURS.filter((_, i) => i % 3 === 0),
  { raw: { ...raw.raw, channels: 1 } },
)
  .toColourspace("b-w")
  .png()
  .toBuffer();
const DEEP = await sharp(
  Uint16Array.from({ length: 768 }, (_, i) => (i * 85.4) & 0xffff),
  raw,
)
  .toColourspace("rgb16")
  .png()
  .toBuffer();
const DEEP_GREY = await sharp(
  Uint16Array.from({ length: 256 }, (_, i) => i * 257),
  { raw: { ...raw.raw, channels: 1 } },
)
  .toColourspace("grey16")
  .png()
  .toBuffer();

async function decode(bytes: Uint8Array): Promise<{ readonly image: Image; readonly warnings: readonly Diagnostic[] }> {
  const warnings: Diagnostic[] = [];
  const image = await decodeImage(bytes, "picture", (warning) => warnings.push(warning));
  return { image, warnings };
}

const codes = (warnings: readonly Diagnostic[]): readonly string[] => warnings.map(({ code }) => code);

function mostApart(a: Image, b: { readonly data: ArrayLike<number> }): number {
  expect(a.data.length).toBe(b.data.length);
  return Math.max(...Array.from(a.data, (value, index) => Math.abs(value - b.data[index]!)));
}

const parametricSrgb = parametric(3, ...SRGB_PARAMETERS);
const table = (size: number, f: (x: number) => number) =>
  curve(...Array.from({ length: size }, (_, i) => 65_535 * f(i / (size - 1))));
const srgb = (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

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

describe("PNG files without a profile", () => {
  const cicp = (...values: readonly number[]) => ["cICP", Buffer.from(values)] as const;
  const srgbChunk = ["sRGB", Buffer.from([0])] as const;
  const linearProfile = profileChunk(rgbProfile("sRGB", curve()));

  test.each([
    ["gAMA of sRGB", [gammaChunk(45455)]],
    ["gAMA and cHRM of sRGB", [gammaChunk(45455), chromaticitiesChunk(SRGB_CHROMATICITIES)]],
    ["sRGB before gAMA", [srgbChunk, gammaChunk(100000)]],
    ["cICP of sRGB before a profile", [cicp(1, 13, 0, 1), linearProfile]],
    ["a profile of sRGB before gAMA", [profileChunk(rgbProfile("a", parametricSrgb)), gammaChunk(100000)]],
  ])("%s: as they are, without a warning", async (_, chunks) => {
    const { image, warnings } = await decode(withChunks(COLOUR, chunks));
    expect(warnings).toEqual([]);
    expect(mostApart(image, { data: COLOURS })).toBe(0);
  });

  test.each([
    ["gAMA 1, linear", [gammaChunk(100000)], rgbProfile("a", curve())],
    ["gAMA 1/1.8", [gammaChunk(55556)], rgbProfile("a", gamma(1.8))],
    ["linear in cICP", [cicp(1, 8, 0, 1), srgbChunk], rgbProfile("a", curve())],
    ["the gamma 2.2 in cICP", [cicp(1, 4, 0, 1)], rgbProfile("a", gamma(2.2))],
  ])("%s: converted as by such a profile", async (_, chunks, profile) => {
    for (const file of [COLOUR, GREY, DEEP]) {
      const { image, warnings } = await decode(withChunks(file, chunks));
      expect(codes(warnings)).toEqual(["image/converted-colours"]);
      const profiled = await decode(withChunks(file, [profileChunk(profile)]));
      expect(mostApart(image, profiled.image)).toBeLessThanOrEqual(file === DEEP ? 40 : 1);
    }
  });

  test.each([
    ["cHRM", [chromaticitiesChunk(P3_CHROMATICITIES)]],
    ["gAMA and cHRM", [gammaChunk(45455), chromaticitiesChunk(P3_CHROMATICITIES)]],
    ["cICP", [cicp(12, 13, 0, 1), gammaChunk(100000)]],
  ])("Display P3 by %s: converted as by its profile", async (_, chunks) => {
    const muted = await sharp(MUTED, raw).png().toBuffer();
    const { image, warnings } = await decode(withChunks(muted, chunks));
    expect(codes(warnings)).toEqual(["image/converted-colours"]);
    const p3 = (await sharp(await sharp(MUTED, raw).withIccProfile("p3").png().toBuffer()).metadata()).icc!;
    expect(mostApart(image, (await decode(withChunks(muted, [profileChunk(p3)]))).image)).toBeLessThanOrEqual(1);
  });

  test.each([
    ["PQ", [cicp(9, 16, 0, 1)], /high dynamic range \(PQ\)/],
    ["HLG", [cicp(9, 18, 0, 1)], /HLG/],
    ["codes of no colours", [cicp(2, 2, 0, 1)], /cICP/],
    ["a narrow range", [cicp(1, 13, 0, 0)], /cICP/],
    ["cICP that is too short", [cicp(1)], /too short/],
    ["a gamma of 0", [gammaChunk(0)], /gamma of 0/],
    ["cHRM of one point", [gammaChunk(45455), chromaticitiesChunk(Array(8).fill(30000))], /impossible/],
    ["cHRM that is too short", [chromaticitiesChunk([31270])], /too short/],
    ["a profile that is not packed", [["iCCP", Buffer.from("a\0\0not packed")] as const], /unpacked/],
  ])("%s: told of", async (_, chunks, reason) => {
    const { image, warnings } = await decode(withChunks(COLOUR, chunks));
    expect(codes(warnings)).toEqual(["image/unknown-colours"]);
    expect(warnings[0]!.message).toMatch(reason);
    expect(mostApart(image, { data: COLOURS })).toBe(0);
  });
});

describe("EXIF data and tags", () => {
  const interoperability = (index: string) => new Map([[1, ["text", index] as const]]);
  const exif = (space: number, further: Tags = new Map()) =>
    tiff(new Map([[0x8769, new Map<number, Value>([...further, [0xa001, ["shorts", space]]])]]));
  const adobe = exif(65_535, new Map([[0xa005, interoperability("R03")]]));
  const inPng = (data: Uint8Array) => withChunks(COLOUR, [["eXIf", data]]);
  const inJpeg = async (data: Uint8Array) => {
    const jpeg = await sharp(COLOURS, raw).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), Buffer.from("Exif\0\0", "latin1"), data]);
    segment.writeUInt16BE(segment.length - 2, 2);
    return { plain: jpeg, tagged: Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]) };
  };

  test.each([
    ["as cameras say it", adobe],
    ["as some cameras say it", exif(2)],
  ])("Adobe RGB, %s", async (_, data) => {
    const { plain, tagged } = await inJpeg(data);
    for (const [with_, without] of [
      [tagged, plain],
      [inPng(data), COLOUR],
    ] as const) {
      const { image, warnings } = await decode(with_);
      expect(codes(warnings)).toEqual(["image/converted-colours"]);
      expect(warnings[0]!.message).toContain("Adobe RGB");
      const samples = (await decode(without)).image;
      const profile = iccProfile({
        rXYZ: xyz([0.60974, 0.31111, 0.01947]),
        gXYZ: xyz([0.20528, 0.62567, 0.06087]),
        bXYZ: xyz([0.14919, 0.06322, 0.74457]),
        ...{ rTRC: gamma(2.19921875), gTRC: gamma(2.19921875), bTRC: gamma(2.19921875) },
      });
      const png = await sharp(samples.data, raw).png().toBuffer();
      expect(mostApart(image, (await decode(withChunks(png, [profileChunk(profile)]))).image)).toBeLessThanOrEqual(2);
      expect(mostApart(image, samples)).toBeGreaterThan(10);
    }
  });

  test("colours that are not sRGB, and nothing more, are told of", async () => {
    const { image, warnings } = await decode(inPng(exif(65_535)));
    expect(codes(warnings)).toEqual(["image/unknown-colours"]);
    expect(mostApart(image, { data: COLOURS })).toBe(0);
  });

  test("sRGB, damaged data, and anything beside a profile, are no matter", async () => {
    const files = [
      inPng(exif(1)),
      inPng(adobe.subarray(0, 30)),
      inPng(Buffer.alloc(40, 0xff)),
      withChunks(COLOUR, [
        ["eXIf", adobe],
        ["sRGB", Buffer.from([0])],
      ]),
    ];
    for (const file of files) expect((await decode(file)).warnings).toEqual([]);
  });

  test.each([
    ["Display P3", [0.68, 0.32, 0.265, 0.69, 0.15, 0.06], ["image/converted-colours"]],
    ["sRGB", [0.64, 0.33, 0.3, 0.6, 0.15, 0.06], []],
  ] as const)("primaries of %s in a TIFF file", async (_, primaries, expected) => {
    const tags = new Map<number, Value>([
      [256, ["shorts", 256]],
      [257, ["shorts", 1]],
      [258, ["shorts", 8, 8, 8]],
      [259, ["shorts", 1]],
      [262, ["shorts", 2]],
      [273, ["shorts", 8]],
      [277, ["shorts", 3]],
      [278, ["shorts", 1]],
      [279, ["shorts", 768]],
      [318, ["ratios", 0.3127, 0.329]],
      [319, ["ratios", ...primaries]],
    ]);
    const { image, warnings } = await decode(tiff(tags, COLOURS));
    expect(codes(warnings)).toEqual(expected);
    expect(mostApart(image, { data: COLOURS }) > 10).toBe(expected.length > 0);
  });
});
