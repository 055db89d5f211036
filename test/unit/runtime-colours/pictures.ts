/** Pictures of all kinds whose colours are known. */
import sharp from "sharp";
import { expect } from "vitest";
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { decodeImage } from "../../../src/pictures/decode-image-node.js";
import type { Image } from "../../../src/pictures/image.js";
import { curve, parametric, SRGB_PARAMETERS } from "../../support/icc.js";

export const SRGB_CHROMATICITIES = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
export const P3_CHROMATICITIES = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];

/** Every level in every channel, and colours between. */
export const COLOURS = Uint8Array.from({ length: 256 * 3 }, (_, i) => [i / 3, 255 - i / 3, (i * 7) % 256][i % 3]!);
/** The same, less saturated: colours that both spaces have, and none so dark that a level is much light. */
export const MUTED = COLOURS.map((sample) => 64 + sample / 2);
export const raw = { raw: { width: 256, height: 1, channels: 3 } } as const;
export const COLOUR = await sharp(COLOURS, raw).png().toBuffer();
export const GREY = await sharp(
  COLOURS.filter((_, i) => i % 3 === 0),
  { raw: { ...raw.raw, channels: 1 } },
)
  .toColourspace("b-w")
  .png()
  .toBuffer();
export const DEEP = await sharp(
  Uint16Array.from({ length: 768 }, (_, i) => (i * 85.4) & 0xffff),
  raw,
)
  .toColourspace("rgb16")
  .png()
  .toBuffer();
export const DEEP_GREY = await sharp(
  Uint16Array.from({ length: 256 }, (_, i) => i * 257),
  { raw: { ...raw.raw, channels: 1 } },
)
  .toColourspace("grey16")
  .png()
  .toBuffer();

export async function decode(
  bytes: Uint8Array,
): Promise<{ readonly image: Image; readonly warnings: readonly Diagnostic[] }> {
  const warnings: Diagnostic[] = [];
  const image = await decodeImage(bytes, "picture", (warning) => warnings.push(warning));
  return { image, warnings };
}

export const codes = (warnings: readonly Diagnostic[]): readonly string[] => warnings.map(({ code }) => code);

export function mostApart(a: Image, b: { readonly data: ArrayLike<number> }): number {
  expect(a.data.length).toBe(b.data.length);
  return Math.max(...Array.from(a.data, (value, index) => Math.abs(value - b.data[index]!)));
}

export const parametricSrgb = parametric(3, ...SRGB_PARAMETERS);
export const table = (size: number, f: (x: number) => number) =>
  curve(...Array.from({ length: size }, (_, i) => 65_535 * f(i / (size - 1))));
export const srgb = (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
