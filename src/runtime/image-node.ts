/** Pictures from and to files, by sharp (libvips). */
import { open } from "node:fs/promises";
import { getSystemErrorMap } from "node:util";
import type { Metadata, Sharp } from "sharp";
import { type Reporter, SmxcError } from "../diagnostics.js";
import { SAMPLE_BYTES } from "../files/sample.js";
import { notWanted } from "../files/wanted.js";
import { whatIsThis } from "../files/what-is-this.js";
import * as errors from "./errors.js";
import { isSrgbProfile } from "./icc.js";
import { type Image, newSamples, type Samples, toBitDepth } from "./image.js";
import { formatOfBytes, formatOfName, type ImageFormat } from "./image-format.js";
import { damageOfPng } from "./png-chunks-node.js";

/** 0x3fff², libvips' own bound through sharp: 16383 × 16383. */
const MOST_PIXELS = 268_402_689;
const JPEG_QUALITY = 95;

type SharpModule = typeof import("sharp")["default"];

/**
 * Reads a PNG, JPEG, WebP or TIFF file of 8 or 16 bits. Colours come out in sRGB: samples of untagged and sRGB files
 * are taken as they are, other profiles and CMYK are converted. Turned upright by its EXIF orientation.
 *
 * @param report receives `image/converted-profile`, `image/cmyk`, `image/turned` and `image/first-page`
 * @throws SmxcError `io` when the file cannot be read; `image/unknown-format`, `image/too-large` (before anything is
 *   allocated), `image/damaged` and `image/unsupported-samples`
 */
export async function readImage(file: string, report: Reporter): Promise<Image> {
  const bytes = await readBytes(file);
  const damage = formatOfBytes(bytes)?.name === "png" ? damageOfPng(bytes) : undefined;
  if (damage !== undefined) throw new SmxcError([errors.damagedImage(file, damage)]);
  const sharp = await loadSharp();
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: Error) => {
      throw new SmxcError([errors.damagedImage(file, cause.message)]);
    });
  const { width, height, depth, orientation = 1, pages = 1 } = metadata;
  if (width * height > MOST_PIXELS) throw new SmxcError([errors.imageTooLarge(file, width, height, MOST_PIXELS)]);
  if (depth !== "uchar" && depth !== "ushort") throw new SmxcError([errors.unsupportedSamples(file, String(depth))]);
  if (orientation > 1) report(errors.turnedUpright(file));
  if (pages > 1) report(errors.firstPageOnly(file, pages));
  try {
    return await decode(sharp, bytes, metadata, (finding) => report(finding(file)));
  } catch (cause) {
    throw new SmxcError([errors.damagedImage(file, (cause as Error).message)]);
  }
}

/**
 * Encodes a picture. JPEG has quality 95 with full colour resolution, WebP is lossless; both reduce 16 bits to 8. Equal
 * pictures give equal bytes.
 *
 * @param file its extension says the format
 * @param report receives `image/dropped-alpha` when the format has no opacity
 * @throws SmxcError `image/too-large-for-format`
 */
export async function encodeImage(image: Image, file: string, report: Reporter): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await (await encoderOf(image, file, report)).toBuffer();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Encodes a picture into a file, a few rows at a time: a large one as bytes takes as much memory again.
 *
 * @param path where it is written, while `file` says the format and stands in messages
 * @throws SmxcError as `encodeImage` does; what the file system says, with its `code`
 */
export async function encodeImageTo(path: string, image: Image, file: string, report: Reporter): Promise<void> {
  const encoder = await encoderOf(image, file, report);
  await encoder.toFile(path).catch((cause: Error) => {
    throw systemError(cause);
  });
}

/** libvips tells what the system said as text, such as `system error: No space left on device`. */
function systemError(cause: Error): Error {
  const text = /system error: (.+)/.exec(cause.message)?.[1]?.toLowerCase();
  const known = [...getSystemErrorMap().values()].find(([, message]) => message === text);
  return known === undefined ? cause : Object.assign(new Error(known[1], { cause }), { code: known[0] });
}

async function encoderOf(image: Image, file: string, report: Reporter): Promise<Sharp> {
  const format = imageFormat(file);
  checkImageSize(image, file);
  const sharp = await loadSharp();
  if (image.alpha !== undefined && !format.alpha) report(errors.droppedAlpha(file));
  const { width, height, channels, data, alpha } = format.bitDepths.includes(image.bitDepth)
    ? image
    : toBitDepth(image, 8);
  const opaque = alpha === undefined || !format.alpha;
  const deep = data instanceof Uint16Array;
  const picture = sharp(opaque ? data : withAlpha(data, alpha, channels), {
    raw: { width, height, channels: opaque ? channels : ((channels + 1) as 2 | 4) },
    limitInputPixels: false,
  }).toColourspace(channels === 1 ? (deep ? "grey16" : "b-w") : deep ? "rgb16" : "srgb");
  return ENCODERS[format.name](picture);
}

/** @throws SmxcError `image/too-large-for-format`; asked before the work, so that it is not done in vain */
export function checkImageSize({ width, height }: Pick<Image, "width" | "height">, file: string): void {
  const { longestSide } = imageFormat(file);
  if (Math.max(width, height) > longestSide) {
    throw new SmxcError([errors.tooLargeForFormat(file, width, height, longestSide)]);
  }
}

/** @throws SmxcError `image/unknown-extension`; asked before the work, so that it is not done in vain */
export function imageFormat(file: string): ImageFormat {
  const format = formatOfName(file);
  if (format === undefined) throw new SmxcError([errors.unknownExtension(file)], "usage");
  return format;
}

const ENCODERS: Readonly<Record<ImageFormat["name"], (picture: Sharp) => Sharp>> = {
  png: (picture) => picture.png(),
  jpeg: (picture) => picture.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: "4:4:4" }),
  webp: (picture) => picture.webp({ lossless: true }),
  tiff: (picture) => picture.tiff({ compression: "deflate" }),
};

async function decode(
  sharp: SharpModule,
  bytes: Uint8Array,
  { depth, channels, space, hasAlpha, icc }: Metadata,
  report: (finding: (file: string) => ReturnType<typeof errors.cmyk>) => void,
): Promise<Image> {
  const cmyk = space === "cmyk";
  const foreign = icc !== undefined && !isSrgbProfile(icc);
  if (cmyk) report(errors.cmyk);
  else if (foreign) report(errors.convertedProfile);
  const deep = depth === "ushort";
  const grey = channels - (hasAlpha ? 1 : 0) === 1;
  // Grey with opacity goes through three equal channels: libvips drops the opacity from "b-w".
  const target = grey && !hasAlpha ? (deep ? "grey16" : "b-w") : deep ? "rgb16" : "srgb";
  const { data, info } = await sharp(bytes, {
    limitInputPixels: MOST_PIXELS,
    autoOrient: true,
    ignoreIcc: !(cmyk || foreign),
  })
    .toColourspace(target)
    .raw({ depth: deep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const samples = deep ? wideSamples(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
  const colours = grey ? 1 : 3;
  const bitDepth = deep ? 16 : 8;
  const pick = (from: number, count: number) => pickChannels(samples, info.channels, from, count, bitDepth);
  return {
    width: info.width,
    height: info.height,
    channels: colours,
    bitDepth,
    data: info.channels === colours ? samples : pick(0, colours),
    ...(hasAlpha ? { alpha: pick(info.channels - 1, 1) } : {}),
  };
}

/** Samples of 16 bits must begin at an even address; where they do not, they are copied. */
function wideSamples(data: Uint8Array): Uint16Array {
  const even = data.byteOffset % 2 === 0 ? data : new Uint8Array(data);
  return new Uint16Array(even.buffer, even.byteOffset, even.length / 2);
}

function pickChannels(samples: Samples, channels: number, from: number, count: number, bitDepth: 8 | 16): Samples {
  const pixels = samples.length / channels;
  const out = newSamples(bitDepth, pixels * count);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let i = 0; i < count; i++) out[pixel * count + i] = samples[pixel * channels + from + i]!;
  }
  return out;
}

function withAlpha(data: Samples, alpha: Samples, channels: number): Samples {
  const out = newSamples(data instanceof Uint16Array ? 16 : 8, data.length + alpha.length);
  for (const [pixel, opacity] of alpha.entries()) {
    out.set(data.subarray(pixel * channels, (pixel + 1) * channels), pixel * (channels + 1));
    out[pixel * (channels + 1) + channels] = opacity;
  }
  return out;
}

/** Looks at the first bytes before it reads the rest. */
async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, "r");
    try {
      const head = new Uint8Array(SAMPLE_BYTES);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      const start = head.subarray(0, bytesRead);
      if (formatOfBytes(start) === undefined) {
        const { size } = await handle.stat();
        throw new SmxcError([notWanted(file, whatIsThis({ start, size, name: file }), "picture")]);
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof SmxcError ? cause : new SmxcError([errors.cannotReadImage(file, cause)], "io");
  }
}

/** Loaded only when a picture is: its native library takes a moment. */
async function loadSharp(): Promise<SharpModule> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new SmxcError([errors.sharpMissing((cause as Error).message)], "io");
  }
}
