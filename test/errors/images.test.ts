/** Hostile and broken pictures: a typed error each, and no memory for what only a header promises. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SmxcError } from "../../src/base/diagnostics.js";
import { isSrgbProfile } from "../../src/pictures/icc.js";
import { imageFormat, readImage } from "../../src/pictures/image-node.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/images/", import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "smxc-images-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(file: string): Promise<SmxcError> {
  return readImage(file, () => {}).then(
    () => expect.unreachable("the picture should have been refused"),
    (cause: SmxcError) => cause,
  );
}

function chunk(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(type, 4, "latin1");
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])));
  return Buffer.concat([head, body, tail]);
}

/** A PNG that announces a size and holds a few bytes of it. */
function pngOfSize(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from("\u0089PNG\r\n\u001a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(new Uint8Array(50))),
    chunk("IEND", new Uint8Array()),
  ]);
}

const png = readFileSync(`${FIXTURES}patch.png`);
const jpeg = readFileSync(`${FIXTURES}samples/colour.jpg`);
const flipped = Uint8Array.from(png, (byte, index) => (index === png.length >> 1 ? byte ^ 0xff : byte));

const BROKEN: readonly [what: string, bytes: Uint8Array, code: string][] = [
  ["an empty file", new Uint8Array(), "image/unknown-format"],
  ["text", Buffer.from("P3 1 1 255 0 0 0"), "image/unknown-format"],
  ["SVG, which may name other files", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "image/unknown-format"],
  ["a signature alone", png.subarray(0, 8), "image/damaged"],
  ["a cut PNG header", png.subarray(0, 20), "image/damaged"],
  ["a cut PNG", png.subarray(0, png.length >> 1), "image/damaged"],
  ["a PNG with a wrong checksum", flipped, "image/damaged"],
  ["a cut JPEG", jpeg.subarray(0, jpeg.length - 60), "image/damaged"],
  ["a PNG without width", pngOfSize(0, 5), "image/damaged"],
  ["a PNG of 30000 × 30000 pixels", pngOfSize(30_000, 30_000), "image/too-large"],
  ["a PNG of 16000 × 16000 pixels with data for few", pngOfSize(16_000, 16_000), "image/damaged"],
  ["a PNG of 2³¹ − 1 pixels square", pngOfSize(2 ** 31 - 1, 2 ** 31 - 1), "image/damaged"],
];

test.each(BROKEN)("%s", async (what, bytes, code) => {
  const file = join(folder, "picture.png");
  writeFileSync(file, bytes);
  const before = process.memoryUsage().rss;
  const { kind, diagnostics } = await refusal(file);
  expect({ kind, code: diagnostics[0]?.code, file: diagnostics[0]?.file }, what).toEqual({
    kind: "invalid",
    code,
    file,
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
});

test("the announced size is told", async () => {
  const file = join(folder, "giant.png");
  writeFileSync(file, pngOfSize(30_000, 30_000));
  expect((await refusal(file)).message).toBe(
    "the picture's header announces 30000 × 30000 pixels; smxc reads at most 268402689",
  );
});

test("samples of floating point are refused", async () => {
  const { diagnostics } = await refusal(`${FIXTURES}samples/float.tif`);
  expect(diagnostics[0]).toMatchObject({
    code: "image/unsupported-samples",
    message: expect.stringContaining("float"),
  });
});

test.each(["missing.png", "folder.png"])("%s cannot be read", async (name) => {
  mkdirSync(join(folder, "folder.png"), { recursive: true });
  const { kind, diagnostics } = await refusal(join(folder, name));
  expect({ kind, code: diagnostics[0]?.code }).toEqual({ kind: "io", code: "image/cannot-read" });
});

test.each(["out.gif", "out", "png", ".onnx"])("%s is not written as a picture", (name) => {
  expect(() => imageFormat(name)).toThrow(expect.objectContaining({ kind: "usage" }));
});

test("a damaged colour profile is not sRGB and does no harm", () => {
  const profile = new Uint8Array(200);
  expect(isSrgbProfile(new Uint8Array())).toBe(false);
  expect(isSrgbProfile(profile)).toBe(false);
  profile.fill(0xff);
  expect(isSrgbProfile(profile)).toBe(false);
});
