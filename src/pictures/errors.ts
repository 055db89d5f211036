/** What can be wrong with pictures. */

import { explain } from "../base/bytes/file-errors.js";
import { type Diagnostic, error, warning } from "../base/diagnostics.js";
import { firstLine, oneLine } from "../base/one-line.js";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const dims = ({ width, height, channels }: Size) =>
  `${width} × ${height} pixels of ${channels} channel${channels === 1 ? "" : "s"}`;

export const channelsMismatch = (shape: readonly number[]): Diagnostic =>
  error("image/channels", `a tensor of shape [${shape.join(", ")}] is not a picture; a picture has 1 or 3 channels`, {
    hint: "use a network whose input and output are pictures",
  });

export const notFinite = (channel: number, x: number, y: number): Diagnostic =>
  error("image/not-finite", "the network's output holds NaN or an infinite value", {
    place: `channel ${channel}, x ${x}, y ${y}`,
    hint: "check the weights for NaN and infinite values; smxc verify names the first layer whose values are not finite",
  });

export const differentSizes = (a: Size, b: Size): Diagnostic =>
  error("metrics/different-sizes", `the pictures differ in size: ${dims(a)} and ${dims(b)}`, {
    hint: "compare a picture with one of the same size",
  });

export const tooSmallForSsim = (width: number, height: number, least: number): Diagnostic =>
  error(
    "metrics/too-small",
    `SSIM needs at least ${least} × ${least} pixels; ${width} × ${height} are left after the shave`,
    {
      hint: "shave less, or use a larger picture",
    },
  );

export const nothingLeft = (picture: Size, shave: number): Diagnostic =>
  error("metrics/nothing-left", `a shave of ${shave} leaves nothing of ${dims(picture)}`, {
    hint: "shave less, or use a larger picture",
  });

export const cannotReadImage = (file: string, cause: unknown): Diagnostic => {
  const { meaning } = explain(cause as Error);
  return error("image/cannot-read", `the picture cannot be read: ${meaning}`, { file, hint: NAME_AND_PERMISSIONS });
};

const NAME_AND_PERMISSIONS = "check the name and the permissions of the file";

export const unknownExtension = (file: string): Diagnostic =>
  error("image/unknown-extension", "the ending of the file is not a picture format that smxc writes", {
    file,
    hint: "use .png, .jpg, .jpeg, .webp, .tif or .tiff",
  });

export const damagedImage = (file: string, cause: string): Diagnostic =>
  error("image/damaged", `the picture is damaged or cut off: ${complaints(cause)}`, {
    file,
    hint: "download or copy it again",
  });

export const imageTooLarge = (file: string, width: number, height: number, most: number): Diagnostic =>
  error("image/too-large", `the picture's header announces ${width} × ${height} pixels; smxc reads at most ${most}`, {
    file,
    hint: "cut the picture into parts",
  });

export const unsupportedSamples = (file: string, depth: string): Diagnostic =>
  error("image/unsupported-samples", `the picture has samples of type ${depth}; smxc reads 8 and 16 bits`, {
    file,
    hint: "convert the picture to PNG with 8 or 16 bits",
  });

export const turnedUpright = (file: string): Diagnostic =>
  warning("image/turned", "the picture was turned upright, as its EXIF orientation says", { file });

export const firstPageOnly = (file: string, pages: number): Diagnostic =>
  warning("image/first-page", `only the first of ${pages} pages or frames is read`, { file });

export const cmyk = (file: string): Diagnostic =>
  warning("image/cmyk", "the picture is CMYK and was converted to sRGB, which lacks some of its colours", {
    file,
  });

export const convertedProfile = (file: string): Diagnostic =>
  warning("image/converted-profile", "the colours were converted from the picture's own profile to sRGB", { file });

export const convertedColours = (file: string, said: string): Diagnostic =>
  warning("image/converted-colours", `the colours were converted to sRGB, according to ${said}`, { file });

export const unknownColours = (file: string, reason: string): Diagnostic =>
  warning("image/unknown-colours", `${reason}; the samples are read as sRGB`, {
    file,
    hint: "convert the picture to sRGB first if the colours matter",
  });

export const mendedImage = (file: string, notes: readonly string[]): Diagnostic =>
  warning(
    "image/mended",
    `the file breaks the rules of its format, but all samples could be read: ${notes.join("; ")}`,
    {
      file,
    },
  );

export const droppedAlpha = (file: string): Diagnostic =>
  warning("image/dropped-alpha", "the format has no opacity, so the picture's opacity was left out", {
    file,
    hint: "write a PNG, WebP or TIFF file to keep it",
  });

export const tooLargeForFormat = (file: string, width: number, height: number, most: number): Diagnostic =>
  error(
    "image/too-large-for-format",
    `the result has ${width} × ${height} pixels; the format allows at most ${most} on a side`,
    {
      file,
      hint: "write a PNG or TIFF file",
    },
  );

export const noRoomForResult = (width: number, height: number): Diagnostic =>
  error("image/no-room", `there is not enough memory for a result of ${width} × ${height} pixels`, {
    hint: "cut the picture into parts",
  });

export const sharpMissing = (cause: string): Diagnostic =>
  error("image/no-sharp", `the picture library sharp cannot be loaded: ${firstLine(cause)}`, {
    hint: "install it for this system: npm install --include=optional sharp",
  });

/** What sharp says of itself, and of where it was. */
const NO_COMPLAINT = /^(Warning treated as error due to failOn setting|error in tile .*|)$/;

/** What decoders complained about, each once. */
function complaints(cause: string): string {
  const lines = cause.split("\n").map((line) => line.trim());
  const complaints = new Set(lines.filter((line) => !NO_COMPLAINT.test(line)));
  return oneLine([...complaints].join("; "));
}
