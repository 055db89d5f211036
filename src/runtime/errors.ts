/** What can be wrong with pictures and with runs of graphs. */
import { type Diagnostic, error, warning } from "../diagnostics.js";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const dims = ({ width, height, channels }: Size) =>
  `${width} × ${height} pixels of ${channels} channel${channels === 1 ? "" : "s"}`;

export const channelsMismatch = (shape: readonly number[]): Diagnostic =>
  error("image/channels", `A tensor of shape [${shape.join(", ")}] is no picture: a picture has 1 or 3 channels.`);

export const notFinite = (channel: number, x: number, y: number): Diagnostic =>
  error("image/not-finite", "The network's output holds NaN.", {
    place: `channel ${channel}, x ${x}, y ${y}`,
    hint: "Check the weights for NaN and infinite values: smxc verify names the first layer that goes wrong.",
  });

export const differentSizes = (a: Size, b: Size): Diagnostic =>
  error("metrics/different-sizes", `The pictures differ in size: ${dims(a)} against ${dims(b)}.`, {
    hint: "Compare a picture with one of the same size.",
  });

export const tooSmallForSsim = (width: number, height: number, least: number): Diagnostic =>
  error("metrics/too-small", `SSIM needs ${least} × ${least} pixels; ${width} × ${height} are left after the shave.`, {
    hint: "Shave less, or take a larger picture.",
  });

export const cannotReadImage = (file: string, cause: unknown): Diagnostic =>
  error("image/cannot-read", `The picture cannot be read: ${(cause as Error).message.replace(/, \w+( '.*')?$/, "")}.`, {
    file,
    hint: "Check the name and the permissions of the file.",
  });

export const unknownFormat = (file: string): Diagnostic =>
  error("image/unknown-format", "The file is not a PNG, JPEG, WebP or TIFF picture.", {
    file,
    place: "byte 0",
    hint: "Convert the picture to PNG.",
  });

export const unknownExtension = (file: string): Diagnostic =>
  error("image/unknown-extension", "The extension names no picture format that smxc writes.", {
    file,
    hint: "Use .png, .jpg, .jpeg, .webp, .tif or .tiff.",
  });

export const damagedImage = (file: string, cause: string): Diagnostic =>
  error("image/damaged", `The picture is damaged or cut off: ${cause.trim().replace(/\s+/g, " ")}.`, {
    file,
    hint: "Download or copy it again.",
  });

export const imageTooLarge = (file: string, width: number, height: number, most: number): Diagnostic =>
  error("image/too-large", `The picture's header announces ${width} × ${height} pixels; at most ${most} are read.`, {
    file,
    hint: "Cut the picture into parts.",
  });

export const unsupportedSamples = (file: string, depth: string): Diagnostic =>
  error("image/unsupported-samples", `The picture has samples of type ${depth}; smxc reads 8 and 16 bits.`, {
    file,
    hint: "Convert the picture to PNG with 8 or 16 bits.",
  });

export const turnedUpright = (file: string): Diagnostic =>
  warning("image/turned", "The picture was turned upright, as its EXIF orientation says.", { file });

export const firstPageOnly = (file: string, pages: number): Diagnostic =>
  warning("image/first-page", `Only the first of ${pages} pages or frames is read.`, { file });

export const cmyk = (file: string): Diagnostic =>
  warning("image/cmyk", "The picture is CMYK and was converted to sRGB; some of its colours have no equal there.", {
    file,
  });

export const convertedProfile = (file: string): Diagnostic =>
  warning("image/converted-profile", "The colours were converted from the picture's own profile to sRGB.", { file });

export const droppedAlpha = (file: string): Diagnostic =>
  warning("image/dropped-alpha", "The format has no opacity; the picture's was left out.", {
    file,
    hint: "Write a PNG, WebP or TIFF file to keep it.",
  });

export const sharpMissing = (cause: string): Diagnostic =>
  error("image/no-sharp", `The picture library sharp cannot be loaded: ${cause.split("\n")[0]}.`, {
    hint: "Install it for this system: npm install --include=optional sharp.",
  });
