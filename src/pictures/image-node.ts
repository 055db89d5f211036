/** Pictures from and to files, by sharp (libvips). */
import { appendFile } from "node:fs/promises";
import { getSystemErrorMap } from "node:util";
import type { Sharp } from "sharp";
import { type Reporter, SmxcError } from "../base/diagnostics.js";
import { formatOfName, type ImageFormat } from "../files/image-format.js";
import { decodeImage } from "./decode-image-node.js";
import * as errors from "./errors.js";
import { type Image, newSamples, type Samples, toBitDepth } from "./image.js";
import { readPictureBytes } from "./read-bytes-node.js";
import { loadSharp } from "./sharp-node.js";

const JPEG_QUALITY = 95;

/**
 * Reads a picture, see `decodeImage`; a pipe is read to its end.
 *
 * @throws SmxcError `io` when the file cannot be read; as `decodeImage` does
 */
export async function readImage(file: string, report: Reporter): Promise<Image> {
  return decodeImage(await readPictureBytes(file), file, report);
}

/**
 * Encodes a picture. JPEG has quality 95 with full colour resolution, WebP is lossless; both reduce 16 bits to 8. Equal
 * pictures give equal bytes.
 *
 * @param file its extension says the format where none is given
 * @param report receives `image/dropped-alpha` when the format has no opacity
 * @throws SmxcError `image/too-large-for-format`
 */
export async function encodeImage(
  image: Image,
  file: string,
  report: Reporter,
  format = imageFormat(file),
): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await (await encoderOf(image, file, report, format)).toBuffer();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Encodes a picture into a file, a few rows at a time: a large one as bytes takes as much memory again.
 *
 * @param path where it is written, while `file` says the format and stands in messages
 * @throws SmxcError as `encodeImage` does; what the file system says, with its `code`
 */
export async function encodeImageTo(
  path: string,
  image: Image,
  file: string,
  report: Reporter,
  format = imageFormat(file),
): Promise<void> {
  const encoder = await encoderOf(image, file, report, format);
  await encoder.toFile(path).catch(async (cause: Error) => {
    throw systemError(cause) ?? (await writeAgain(path)) ?? cause;
  });
}

/** libvips passes on what the system said as text, such as `system error: No space left on device`. */
function systemError(cause: Error): Error | undefined {
  const text = /system error: (.+)/.exec(cause.message)?.[1]?.toLowerCase();
  const known = [...getSystemErrorMap().values()].find(([, message]) => message === text);
  return known && Object.assign(new Error(known[1], { cause }), { code: known[0] });
}

/** More than what libvips writes at a time. */
const PIECE = 2 ** 16;

/** Now and then libvips has lost what the system said by the time that it reports the error: then the system is asked again. */
async function writeAgain(path: string): Promise<Error | undefined> {
  return appendFile(path, new Uint8Array(PIECE)).then(
    () => undefined,
    (cause: Error) => cause,
  );
}

async function encoderOf(image: Image, file: string, report: Reporter, format: ImageFormat): Promise<Sharp> {
  checkImageSize(image, file, format);
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
export function checkImageSize(
  { width, height }: Pick<Image, "width" | "height">,
  file: string,
  { longestSide }: ImageFormat = imageFormat(file),
): void {
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

function withAlpha(data: Samples, alpha: Samples, channels: number): Samples {
  const out = newSamples(data instanceof Uint16Array ? 16 : 8, data.length + alpha.length);
  for (const [pixel, opacity] of alpha.entries()) {
    out.set(data.subarray(pixel * channels, (pixel + 1) * channels), pixel * (channels + 1));
    out[pixel * (channels + 1) + channels] = opacity;
  }
  return out;
}
