/** Colours that a picture tells by chunks of PNG, EXIF data and tags of TIFF. */
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { curve, gamma, iccProfile, rgbProfile, xyz } from "../support/icc.js";
import { chromaticitiesChunk, gammaChunk, profileChunk, withChunks } from "../support/png.js";
import { type Tags, tiff, type Value } from "../support/tiff.js";
import {
  COLOUR,
  COLOURS,
  codes,
  DEEP,
  decode,
  GREY,
  MUTED,
  mostApart,
  P3_CHROMATICITIES,
  parametricSrgb,
  raw,
  SRGB_CHROMATICITIES,
} from "./runtime-colours/pictures.js";

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
