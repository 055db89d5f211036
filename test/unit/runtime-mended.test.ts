/** Files that break their format's rules: read where every sample is there, refused where one is missing. */
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import { decodeImage } from "../../src/pictures/decode-image-node.js";
import type { Image } from "../../src/pictures/image.js";
import { jpegParts } from "../../src/pictures/jpeg-parts.js";
import { encodeChunk, pngChunks } from "../../src/pictures/png-chunks-node.js";
import { fixture } from "../support/fixtures.js";
import { withChunks } from "../support/png.js";
import { tiff, type Value } from "../support/tiff.js";

interface Read {
  readonly image: Image;
  readonly warnings: readonly Diagnostic[];
}

/** The picture, or the code of the refusal. */
async function read(bytes: Uint8Array): Promise<Read | string> {
  const warnings: Diagnostic[] = [];
  try {
    return { image: await decodeImage(bytes, "picture", (warning) => warnings.push(warning)), warnings };
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics[0]!.code;
    throw cause;
  }
}

async function accepted(bytes: Uint8Array): Promise<Read> {
  const result = await read(bytes);
  if (typeof result === "string") return expect.unreachable(result);
  return result;
}

const codes = ({ warnings }: Read): readonly string[] => warnings.map(({ code }) => code);
/** Samples without order, always the same. */
function noise(length: number): Uint8Array {
  let state = 7919;
  return Uint8Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state >> 16;
  });
}
const photo = () => sharp(fixture("images", "patch.png")).extract({ left: 0, top: 0, width: 37, height: 29 });
const small = () => sharp(noise(20 * 17 * 3), { raw: { width: 20, height: 17, channels: 3 } });
const flat = () => sharp({ create: { width: 20, height: 17, channels: 3, background: "#808080" } });

function same(a: Image, b: Image): boolean {
  return a.data.length === b.data.length && a.data.every((sample, index) => sample === b.data[index]);
}

/** Cut files, each of which holds the same samples or is refused; returns how many were read. */
async function cuts(whole: Uint8Array, from: number): Promise<number> {
  const { image } = await accepted(whole);
  let count = 0;
  for (let length = whole.length - 1; length >= from; length--) {
    const cut = await read(whole.subarray(0, length));
    if (typeof cut === "string") {
      expect(cut).toBe("image/damaged");
      continue;
    }
    count++;
    expect({ length, same: same(cut.image, image) }).toEqual({ length, same: true });
    expect(codes(cut)).toContain("image/mended");
  }
  return count;
}

describe("JPEG", () => {
  const file = (name: string) => readFileSync(fixture("images", "files", name));

  test("cut, and given an end marker: refused, or the same samples", async () => {
    for (const make of [() => small().jpeg({ quality: 60 }), () => photo().toColourspace("b-w").jpeg()]) {
      const whole = await make().toBuffer();
      const { image } = await accepted(whole);
      for (let cut = 3; cut < 60; cut++) {
        const result = await read(Buffer.concat([whole.subarray(0, -cut), whole.subarray(-2)]));
        if (typeof result === "string") expect(result).toBe("image/damaged");
        else expect({ cut, same: same(result.image, image) }).toEqual({ cut, same: true });
      }
    }
  });

  test.each(["no-eoi.jpg", "extra-bytes.jpg"])("%s is read as the whole file, with a warning", async (name) => {
    const whole = await accepted(file("whole.jpg"));
    expect(codes(whole)).toEqual([]);
    const odd = await accepted(file(name));
    expect(codes(odd)).toEqual(["image/mended"]);
    expect(odd.image).toEqual(whole.image);
  });

  test.each([
    ["baseline", () => small().jpeg({ quality: 60 }), 1],
    ["with tables of its own", () => photo().jpeg({ quality: 80, optimiseCoding: true }), 1],
    ["grey", () => photo().toColourspace("b-w").jpeg(), 1],
    ["of one colour", () => flat().jpeg(), 0],
    ["progressive", () => small().jpeg({ quality: 60, progressive: true }), 1],
    ["progressive, optimised scans", () => photo().jpeg({ mozjpeg: true }), 1],
  ])("cut at every byte near the end: %s", async (_, make, least) => {
    const whole = await make().toBuffer();
    const read = await cuts(whole, whole.length - 100);
    expect(read).toBeGreaterThanOrEqual(least);
    expect(read).toBeLessThan(10);
  });

  test("progressive, cut between two scans: coarser, so refused", async () => {
    const whole = await small().jpeg({ quality: 60, progressive: true }).toBuffer();
    const { parts } = jpegParts(whole);
    const scans = parts.filter(({ kind }) => kind === "scan");
    expect(scans.length).toBeGreaterThan(3);
    for (const { bytes } of scans.slice(0, -1)) {
      const end = bytes.byteOffset - whole.byteOffset + bytes.length;
      expect(await read(whole.subarray(0, end))).toBe("image/damaged");
    }
  });

  test("filled up to a length after it was cut: refused", async () => {
    const whole = await small().jpeg({ quality: 60 }).toBuffer();
    for (const byte of [0x00, 0xff]) {
      expect(await read(Buffer.concat([whole.subarray(0, -100), Buffer.alloc(500, byte)]))).toBe("image/damaged");
    }
  });

  test("stray bytes before any marker, and at the end of a scan", { timeout: 60_000 }, async () => {
    for (const progressive of [false, true]) {
      const whole = await small().jpeg({ quality: 60, progressive }).toBuffer();
      const { image } = await accepted(whole);
      const parts = jpegParts(whole).parts;
      const insert = (at: number, bytes: Uint8Array) =>
        Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]);
      for (const { bytes } of [...parts, { bytes: whole.subarray(-2) }]) {
        const at = bytes.byteOffset - whole.byteOffset;
        if (at === 2 || parts.some(({ kind, bytes: scan }) => kind === "scan" && scan === bytes)) continue;
        for (const stray of [[1, 2, 3], Array(40).fill(0x55), [0xff, 0x00, 7]]) {
          const odd = await accepted(insert(at, Buffer.from(stray)));
          expect(same(odd.image, image)).toBe(true);
        }
      }
    }
  });

  test("stray bytes at one place and a cut at another: refused", async () => {
    const whole = await small().jpeg({ quality: 60 }).toBuffer();
    const at = jpegParts(whole).parts[1]!.bytes.byteOffset - whole.byteOffset;
    const odd = Buffer.concat([whole.subarray(0, at), Buffer.from([1, 2]), whole.subarray(at, -40)]);
    expect(await read(odd)).toBe("image/damaged");
    expect(await read(Buffer.concat([odd, whole.subarray(-2)]))).toBe("image/damaged");
  });

  test("a JFIF version and an Adobe transform that no one knows", async () => {
    const version = Buffer.from(file("whole.jpg"));
    version[version.indexOf("JFIF\0") + 5] = 9;
    const plain = await small().jpeg({ quality: 60 }).toBuffer();
    const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, 7]);
    const withAdobe = (whole: Buffer) => Buffer.concat([whole.subarray(0, 2), adobe, whole.subarray(2)]);
    for (const [odd, whole, expected] of [
      [version, file("whole.jpg"), ["image/mended"]],
      [withAdobe(plain), plain, ["image/mended"]],
      // JFIF comes first.
      [withAdobe(file("whole.jpg")), file("whole.jpg"), []],
    ] as const) {
      const result = await accepted(odd);
      expect(codes(result)).toEqual(expected);
      expect(result.image).toEqual((await accepted(whole)).image);
    }
  });

  test("restart markers: the last of them missing is no whole file", async () => {
    // Every row of blocks begins anew: a segment that says so, and markers between data that ends at bytes.
    const whole = await sharp({ create: { width: 8, height: 24, channels: 3, background: "#808080" } })
      .toColourspace("b-w")
      .jpeg({ optimiseCoding: false })
      .toBuffer();
    const { parts } = jpegParts(whole);
    const scan = parts.find(({ kind }) => kind === "scan")!;
    const head = Buffer.concat(parts.filter((part) => part !== scan && part.marker !== 0xda).map(({ bytes }) => bytes));
    const start = parts.find(({ kind, marker }) => kind === "segment" && marker === 0xda)!.bytes;
    const interval = Buffer.from([0xff, 0xdd, 0, 4, 0, 1]);
    const block = Buffer.from([0b00101011]);
    const restarted = (count: number) =>
      Buffer.concat([
        Buffer.from([0xff, 0xd8]),
        head,
        interval,
        start,
        ...Array.from({ length: count }, (_, n) => Buffer.concat([block, Buffer.from([0xff, 0xd0 + n])])),
        block,
        Buffer.from([0xff, 0xd9]),
      ]);
    expect(codes(await accepted(restarted(2)))).toEqual([]);
    expect(await read(restarted(1))).toBe("image/damaged");
    expect(codes(await accepted(restarted(2).subarray(0, -2)))).toEqual(["image/mended"]);
    expect(await read(restarted(1).subarray(0, -2))).toBe("image/damaged");
  });

  test("a profile of which a piece is missing", async () => {
    const whole = await small().jpeg().withIccProfile("p3").toBuffer();
    const broken = Buffer.from(whole);
    broken[whole.indexOf("ICC_PROFILE\0") + 13] = 3;
    const result = await accepted(broken);
    expect(codes(result)).toEqual(["image/mended"]);
    expect(result.warnings[0]!.message).toContain("colour profile");
  });

  test("a byte that is wrong in the middle is refused where the decoder notices", async () => {
    const whole = await small().jpeg({ quality: 60 }).toBuffer();
    const broken = Buffer.from(whole);
    broken.set([0xff, 0xd3], whole.length - 200);
    expect(await read(broken)).toBe("image/damaged");
  });
});

describe("PNG", () => {
  const deep = () => small().toColourspace("rgb16").png();

  test.each([
    ["8 bits", () => small().png()],
    ["16 bits", deep],
    ["interlaced", () => photo().png({ progressive: true })],
    ["with opacity", () => small().ensureAlpha(0.4).png()],
    ["a palette", () => photo().png({ palette: true, colours: 13 })],
    ["one bit, interlaced", () => photo().threshold().png({ palette: true, colours: 2, progressive: true })],
  ])("cut at every byte near the end: %s", async (_, make) => {
    const whole = await make().toBuffer();
    // The bytes of IEND, and the checksum before it.
    expect(await cuts(whole, Math.max(60, whole.length - 50))).toBeGreaterThanOrEqual(15);
  });

  test("cut where a chunk of data ends: refused", async () => {
    const whole = await small().png().toBuffer();
    const data = Buffer.concat(
      pngChunks(whole)
        .filter(({ type }) => type === "IDAT")
        .map((chunk) => chunk.data),
    );
    const head = whole.subarray(0, 33);
    const parts = [data.subarray(0, 200), data.subarray(200)].map((part) => encodeChunk("IDAT", part));
    expect(codes(await accepted(Buffer.concat([head, ...parts])))).toEqual(["image/mended"]);
    expect(await read(Buffer.concat([head, parts[0]!]))).toBe("image/damaged");
    expect(await read(Buffer.concat([head, parts[0]!, encodeChunk("IEND", new Uint8Array())]))).toBe("image/damaged");
  });

  test("a wrong checksum: left out where it is of no account, refused where it is", async () => {
    const plain = await small().png().toBuffer();
    const { image } = await accepted(plain);
    const wrong = (type: string, data: Uint8Array): Buffer => {
      const file = withChunks(plain, [[type, data]]);
      const { at } = pngChunks(file).find((chunk) => chunk.type === type)!;
      file[at + 8 + data.length]! ^= 0xff;
      return file;
    };
    const text = await accepted(wrong("tEXt", Buffer.from("a\0b")));
    expect(codes(text)).toEqual(["image/mended"]);
    expect(text.warnings[0]!.message).toContain("tEXt");
    expect(text.image).toEqual(image);
    expect(await read(wrong("gAMA", Buffer.from([0, 0, 1, 1])))).toBe("image/damaged");
    expect(await read(wrong("tRNS", Buffer.alloc(6)))).toBe("image/damaged");
    const end = Buffer.from(plain);
    end[plain.length - 1]! ^= 0xff;
    expect(codes(await accepted(end))).toEqual(["image/mended"]);
  });

  test("bytes behind the end are no matter; without an end they do not count", async () => {
    const plain = await small().png().toBuffer();
    expect(codes(await accepted(Buffer.concat([plain, Buffer.alloc(50)])))).toEqual([]);
    expect(codes(await accepted(Buffer.concat([plain.subarray(0, -12), Buffer.alloc(50)])))).toEqual(["image/mended"]);
  });

  test("a header that promises more than there is takes no memory", async () => {
    const header = Buffer.from(pngChunks(await small().png().toBuffer())[0]!.data);
    header.writeUInt32BE(16_000, 0);
    header.writeUInt32BE(16_000, 4);
    const data = encodeChunk("IDAT", deflateSync(Buffer.alloc(100)));
    const before = process.memoryUsage().rss;
    expect(
      await read(Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), encodeChunk("IHDR", header), data])),
    ).toBe("image/damaged");
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test("an animation is told of, in files of both kinds", async () => {
    for (const name of ["anim.png", "anim.webp"]) {
      const result = await accepted(readFileSync(fixture("images", "files", name)));
      expect(codes(result)).toEqual(["image/first-page"]);
      expect(result.warnings[0]!.message).toContain("first of 3");
    }
  });

  test("frames are counted with the still picture where it is none of them", async () => {
    const plain = await small().png().toBuffer();
    const control = ["acTL", Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])] as const;
    const hidden = await accepted(withChunks(plain, [control]));
    expect(hidden.warnings[0]!.message).toContain("first of 2");
    const frame = Buffer.alloc(26);
    expect(codes(await accepted(withChunks(plain, [control, ["fcTL", frame]])))).toEqual([]);
  });
});

describe("WebP and TIFF", () => {
  test("WebP that ends behind its picture is read; what ends within is refused", async () => {
    for (const lossless of [true, false]) {
      const plain = await small().webp({ lossless }).toBuffer();
      await cuts(plain, plain.length - 60);
      const tagged = await small()
        .webp({ lossless })
        .withExif({ IFD0: { Copyright: "someone" } })
        .toBuffer();
      expect(await cuts(tagged, tagged.length - 60)).toBe(60);
    }
    const alpha = await small().ensureAlpha(0.5).webp().toBuffer();
    await cuts(alpha, alpha.length - 60);
  });

  test.each(["none", "deflate", "lzw", "jpeg"] as const)("TIFF (%s) that is cut is refused", async (compression) => {
    const whole = await small().tiff({ compression }).toBuffer();
    for (const cut of [1, 20, 100, 300]) expect(await read(whole.subarray(0, -cut))).toBe("image/damaged");
  });

  test("TIFF with wrong lengths of strips is read; what is cut is refused", async () => {
    const samples = noise(64 * 64 * 3);
    const file = (length: number) => {
      const tags = (at: number) =>
        new Map<number, Value>([
          [256, ["shorts", 64]],
          [257, ["shorts", 64]],
          [258, ["shorts", 8, 8, 8]],
          [259, ["shorts", 1]],
          [262, ["shorts", 2]],
          [273, ["shorts", at]],
          [277, ["shorts", 3]],
          [278, ["shorts", 64]],
          [279, ["shorts", length]],
        ]);
      return Buffer.concat([tiff(tags(tiff(tags(0)).length)), samples]);
    };
    expect(codes(await accepted(file(samples.length)))).toEqual([]);
    for (const length of [0, 20_000]) {
      const odd = await accepted(file(length));
      expect(codes(odd)).toEqual(["image/mended"]);
      expect(odd.image.data.every((sample, index) => sample === samples[index])).toBe(true);
      for (const cut of [1, 3000]) expect(await read(file(length).subarray(0, -cut))).toBe("image/damaged");
    }
    expect(await read(file(samples.length).subarray(0, -1))).toBe("image/damaged");
  });
});
