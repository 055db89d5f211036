/** From the bytes of a picture to samples in sRGB, by sharp (libvips). */
import type { Metadata } from "sharp";
import { type Diagnostic, type Reporter, SmxcError } from "../base/diagnostics.js";
import { formatOfBytes, type ReadFormat } from "../files/image-format.js";
import { SAMPLE_BYTES } from "../files/sample.js";
import { coloursOfAvif } from "./avif-colours.js";
import { converted } from "./colour-space.js";
import * as errors from "./errors.js";
import { exifColours } from "./exif-colours.js";
import { type Image, newSamples, type Samples } from "./image.js";
import { notAPicture } from "./is-picture.js";
import { decodeJpeg, holdsLastRows, mendJpeg } from "./mend-jpeg.js";
import { mendPng } from "./mend-png-node.js";
import { mendWebp } from "./mend-webp.js";
import type { Mended } from "./mended.js";
import { type Colours, coloursOfExif, coloursOfProfile, SRGB, unknown } from "./picture-colours.js";
import { type PngChunk, pngChunks, pngFrames } from "./png-chunks-node.js";
import { coloursOfPng } from "./png-colours-node.js";
import { loadSharp, type SharpModule } from "./sharp-node.js";

/** 0x3fff², libvips' own bound through sharp: 16383 × 16383. */
const MOST_PIXELS = 268_402_689;

/**
 * Decodes a PNG, JPEG, WebP, TIFF, GIF or AVIF file of 8 or 16 bits (10 and 12 of AVIF become 16). Colours come out in sRGB: samples of untagged and sRGB files
 * are taken as they are, others are converted. Turned upright by its EXIF orientation.
 *
 * @param file the name that stands in messages
 * @param report receives what was done to the picture, and what could not be: `image/converted-profile`,
 *   `image/converted-colours`, `image/unknown-colours`, `image/cmyk`, `image/turned`, `image/first-page`, `image/mended`
 * @throws SmxcError `image/unknown-format`, `image/too-large` (before anything is allocated), `image/damaged` and
 *   `image/unsupported-samples`
 */
export async function decodeImage(bytes: Uint8Array, file: string, report: Reporter): Promise<Image> {
  const format = formatOfBytes(bytes);
  if (format === undefined)
    throw notAPicture({ start: bytes.subarray(0, SAMPLE_BYTES), size: bytes.length, name: file });
  const mended = MENDERS[format.name]?.(bytes) ?? { bytes, notes: [] };
  if ("damage" in mended) throw new SmxcError([errors.damagedImage(file, mended.damage)]);
  const sharp = await loadSharp();
  const metadata = await sharp(mended.bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch((cause: Error) => {
      throw new SmxcError([errors.damagedImage(file, cause.message)]);
    });
  const { width, height, depth, orientation = 1 } = metadata;
  if (width * height > MOST_PIXELS) throw new SmxcError([errors.imageTooLarge(file, width, height, MOST_PIXELS)]);
  if (depth !== "uchar" && depth !== "ushort") throw new SmxcError([errors.unsupportedSamples(file, String(depth))]);
  const chunks = format.name === "png" ? pngChunks(mended.bytes) : [];
  const colours = coloursOf(format, metadata, mended.bytes, chunks);
  const { decoded, notes } = await decodeWhole(sharp, format, mended, metadata, file, (whole, failOn = "warning") =>
    decode(sharp, whole, metadata, colours, failOn),
  );
  const pages = format.name === "png" ? pngFrames(chunks) : (metadata.pages ?? 1);
  if (notes.length > 0) report(errors.mendedImage(file, notes));
  if (orientation > 1) report(errors.turnedUpright(file));
  if (pages > 1) report(errors.firstPageOnly(file, pages));
  const finding = findingOf(
    file,
    metadata,
    decoded.ignoredProfile ? unknown("the colour profile cannot be used") : colours,
  );
  for (const each of finding) report(each);
  return decoded.image;
}

/** What is wrong with files before a decoder, which overlooks some of it, sees them. */
const MENDERS: { readonly [Name in ReadFormat["name"]]?: (bytes: Uint8Array) => Mended | undefined } = {
  jpeg: mendJpeg,
  png: mendPng,
  webp: mendWebp,
};

interface Decoded {
  readonly image: Image;
  /** Whether the colour engine could make nothing of the profile that it was to convert from. */
  readonly ignoredProfile: boolean;
  /** What the decoder said and went on. */
  readonly warnings: readonly string[];
}

type Decoder = (bytes: Uint8Array, failOn?: "warning" | "error") => Promise<Decoded>;

/** @throws SmxcError `image/damaged` */
async function decodeWhole(
  sharp: SharpModule,
  { name }: ReadFormat,
  mended: Extract<Mended, { bytes: Uint8Array }>,
  metadata: Metadata,
  file: string,
  from: Decoder,
): Promise<{ readonly decoded: Decoded; readonly notes: readonly string[] }> {
  try {
    if (name === "tiff") return await decodeTiff(mended.bytes, from);
    if (name !== "jpeg") return { decoded: await from(mended.bytes), notes: mended.notes };
    const whole = await decodeJpeg(mended, from);
    if (await holdsLastRows(whole.bytes, (bytes) => lastRows(sharp, bytes, metadata))) return whole;
  } catch (cause) {
    throw new SmxcError([errors.damagedImage(file, (cause as Error).message)]);
  }
  throw new SmxcError([errors.damagedImage(file, "the data ends before the last samples")]);
}

/** What libtiff sets right: how long the data of a strip or tile is, which its size and the file's show as well. */
const COUNTS = /\b(Strip|Tile)ByteCounts\b/;

/** libtiff's errors say that data is missing; its warnings do so where it hands on those of another decoder. */
async function decodeTiff(
  bytes: Uint8Array,
  from: Decoder,
): Promise<{ readonly decoded: Decoded; readonly notes: readonly string[] }> {
  try {
    return { decoded: await from(bytes), notes: [] };
  } catch (cause) {
    const decoded = await from(bytes, "error");
    if (!decoded.warnings.every((text) => COUNTS.test(text))) throw cause;
    return { decoded, notes: ["the lengths of its strips or tiles are wrong"] };
  }
}

/** At least the blocks that a decoder is asked for last. */
const LAST_ROWS = 32;

function lastRows(sharp: SharpModule, bytes: Uint8Array, { width, height }: Metadata): Promise<Uint8Array> {
  const rows = Math.min(height, LAST_ROWS);
  return sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: "none", ignoreIcc: true, autoOrient: false })
    .extract({ left: 0, top: height - rows, width, height: rows })
    .raw()
    .toBuffer();
}

function coloursOf({ name }: ReadFormat, metadata: Metadata, bytes: Uint8Array, chunks: readonly PngChunk[]): Colours {
  const { space, icc, exif } = metadata;
  // Lab is what it is, whatever else the file says.
  if (space === "lab") return SRGB;
  const samples = space === "cmyk" ? "CMYK" : isGrey(metadata) ? "GRAY" : "RGB";
  const ofPng = samples === "CMYK" ? undefined : coloursOfPng(chunks, samples);
  if (ofPng !== undefined) return ofPng;
  if (icc !== undefined) return coloursOfProfile(icc, samples);
  if (samples === "CMYK") return SRGB;
  if (name === "avif") return coloursOfAvif(bytes);
  const tags = name === "tiff" ? bytes : exif;
  return tags === undefined ? SRGB : coloursOfExif(exifColours(tags));
}

function isGrey({ channels, hasAlpha }: Metadata): boolean {
  return channels - (hasAlpha ? 1 : 0) === 1;
}

function findingOf(file: string, { space }: Metadata, colours: Colours): readonly Diagnostic[] {
  const cmyk = space === "cmyk" ? [errors.cmyk(file)] : [];
  if (colours.kind === "unknown") return [...cmyk, errors.unknownColours(file, colours.reason)];
  if (colours.kind === "srgb" || cmyk.length > 0) return cmyk;
  return [
    colours.kind === "space" && colours.said !== undefined
      ? errors.convertedColours(file, colours.said)
      : errors.convertedProfile(file),
  ];
}

async function decode(
  sharp: SharpModule,
  bytes: Uint8Array,
  metadata: Metadata,
  colours: Colours,
  failOn: "warning" | "error",
): Promise<Decoded> {
  const deep = metadata.depth === "ushort";
  const { hasAlpha } = metadata;
  const grey = isGrey(metadata);
  // Grey with opacity goes through three equal channels: libvips drops the opacity from "b-w".
  const target = grey && !hasAlpha ? (deep ? "grey16" : "b-w") : deep ? "rgb16" : "srgb";
  // libvips reads no profile of 16 bits of grey, and none that libpng refuses.
  const unseen = (grey && deep) || metadata.icc === undefined;
  const byTables = colours.kind === "tables" && !unseen;
  const warnings: string[] = [];
  let ignoredProfile = colours.kind === "tables" && unseen;
  const pipeline = sharp(bytes, { limitInputPixels: MOST_PIXELS, autoOrient: true, ignoreIcc: !byTables, failOn })
    .on("warning", (text: string) => {
      warnings.push(text);
      ignoredProfile ||= byTables && /profile/i.test(text);
    })
    .toColourspace(target)
    .raw({ depth: deep ? "ushort" : "uchar" });
  // sharp brings 16 bits to Display P3 unless it is asked for another space.
  const { data, info } = await (byTables && deep ? pipeline.withIccProfile("srgb") : pipeline).toBuffer({
    resolveWithObject: true,
  });
  const samples = deep ? wideSamples(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
  const channels = grey ? 1 : 3;
  const bitDepth = deep ? 16 : 8;
  const pick = (from: number, count: number) => pickChannels(samples, info.channels, from, count, bitDepth);
  const own = info.channels === channels ? samples : pick(0, channels);
  const image = {
    width: info.width,
    height: info.height,
    channels,
    bitDepth,
    data: colours.kind === "space" ? converted(own, channels, bitDepth, colours.space) : own,
    ...(hasAlpha ? { alpha: pick(info.channels - 1, 1) } : {}),
  } as const;
  return { image, ignoredProfile, warnings };
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
