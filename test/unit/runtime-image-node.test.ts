import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import type { Image } from "../../src/pictures/image.js";
import { encodeImage, encodeImageTo, readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/images/", import.meta.url));
const SAMPLES: Record<string, number[]> = JSON.parse(readFileSync(`${FIXTURES}samples.json`, "utf8"));

const unexpected = ({ message }: Diagnostic) => expect.unreachable(message);

async function read(file: string): Promise<{ readonly image: Image; readonly warnings: readonly string[] }> {
  const warnings: Diagnostic[] = [];
  const image = await readImage(file, (warning) => warnings.push(warning));
  return { image, warnings: warnings.map(({ code }) => code) };
}

/** Colours and opacity side by side, as the reference has them. */
function interleaved({ data, alpha, channels }: Image): number[] {
  if (alpha === undefined) return Array.from(data);
  return Array.from(alpha).flatMap((opacity, pixel) => [
    ...data.subarray(pixel * channels, (pixel + 1) * channels),
    opacity,
  ]);
}

describe("samples are read exactly and without a warning", () => {
  test.each(Object.keys(SAMPLES))("%s", async (name) => {
    const { image, warnings } = await read(`${FIXTURES}samples/${name}`);
    expect(interleaved(image)).toEqual(SAMPLES[name]);
    expect(warnings).toEqual([]);
    expect(image.channels).toBe(/grey|one-bit/.test(name) ? 1 : 3);
    expect(image.bitDepth).toBe(name.includes("16") ? 16 : 8);
  });
});

describe("what must be converted is, with a warning", () => {
  const upright = async () => (await read(`${FIXTURES}patch.png`)).image;

  test.each([
    ["display-p3.png", "image/converted-profile", 3],
    ["cmyk.jpg", "image/cmyk", 70],
  ])("%s", async (name, code, tolerance) => {
    const { image, warnings } = await read(`${FIXTURES}samples/${name}`);
    expect(warnings).toEqual([code]);
    expect(image).toMatchObject({ width: 16, height: 12, channels: 3, bitDepth: 8 });
    const whole = await upright();
    for (let y = 0; y < 12; y++) {
      for (let i = 0; i < 16 * 3; i++) {
        expect(Math.abs(image.data[y * 48 + i]! - whole.data[y * whole.width * 3 + i]!)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  test("an EXIF orientation of 6 turns the picture by a quarter to the right", async () => {
    const { image, warnings } = await read(`${FIXTURES}samples/turned.png`);
    expect(warnings).toEqual(["image/turned"]);
    expect(image).toMatchObject({ width: 12, height: 16 });
    const whole = await upright();
    // The upper right corner was the upper left one.
    expect(Array.from(image.data.subarray(33, 36))).toEqual(Array.from(whole.data.subarray(0, 3)));
  });

  test("of several pages the first is read", async () => {
    expect((await read(`${FIXTURES}samples/two-pages.tif`)).warnings).toEqual(["image/first-page"]);
  });
});

describe("what is written is read again", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "smxc-image-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function roundTrip(
    image: Image,
    name: string,
  ): Promise<{ readonly image: Image; readonly warnings: string[] }> {
    const warnings: string[] = [];
    const file = join(folder, name);
    writeFileSync(file, await encodeImage(image, file, ({ code }) => warnings.push(code)));
    return { image: (await read(file)).image, warnings };
  }

  const KINDS = [
    "rgb-8.png",
    "grey-8.png",
    "rgb-alpha-8.png",
    "grey-alpha-8.png",
    "rgb-16.png",
    "grey-16.png",
    "rgb-alpha-16.png",
    "grey-alpha-16.png",
  ];

  test.each(
    KINDS.flatMap((kind) => [
      [kind, "a.png"],
      [kind, "a.TIFF"],
    ]),
  )("%s as %s, exactly", async (kind, name) => {
    const { image } = await read(`${FIXTURES}samples/${kind}`);
    expect(await roundTrip(image, name!)).toEqual({ image, warnings: [] });
  });

  test("8 bits of colour as WebP, exactly", async () => {
    const { image } = await read(`${FIXTURES}samples/rgb-8.png`);
    expect(await roundTrip(image, "a.webp")).toEqual({ image, warnings: [] });
  });

  test("colours as JPEG, nearly", async () => {
    const { image } = await read(`${FIXTURES}patch.png`);
    const back = (await roundTrip(image, "a.jpg")).image;
    expect(picturePsnr(image, back, { shave: 0, color: "rgb" })).toBeGreaterThan(36);
  });

  test("16 bits as JPEG in 8, without the opacity and with a warning", async () => {
    const { image } = await read(`${FIXTURES}samples/rgb-alpha-16.png`);
    const { image: back, warnings } = await roundTrip(image, "a.jpeg");
    expect(warnings).toEqual(["image/dropped-alpha"]);
    expect(back).toMatchObject({ width: 4, height: 3, channels: 3, bitDepth: 8 });
    expect(back.alpha).toBeUndefined();
  });

  test("into a file, the same bytes", async () => {
    const { image } = await read(`${FIXTURES}samples/rgb-alpha-16.png`);
    for (const name of ["b.png", "b.tif", "b.webp"]) {
      const path = join(folder, `${name}.tmp`);
      await encodeImageTo(path, image, name, unexpected);
      expect(readFileSync(path).equals(await encodeImage(image, name, unexpected))).toBe(true);
    }
  });

  test.runIf(process.platform === "linux")("into a full device, with the system's reason", async () => {
    const { image } = await read(`${FIXTURES}patch.png`);
    await expect(encodeImageTo("/dev/full", image, "c.png", unexpected)).rejects.toMatchObject({ code: "ENOSPC" });
  });

  test("with equal bytes for equal pictures", async () => {
    const { image } = await read(`${FIXTURES}patch.png`);
    for (const name of ["a.png", "a.jpg", "a.webp", "a.tif"]) {
      expect(await encodeImage(image, name, unexpected)).toEqual(await encodeImage(image, name, unexpected));
    }
  });
});
