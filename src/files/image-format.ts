/** The picture formats that smxc reads, and those that it writes. */

/** What the first bytes of a file say. */
export type Magic = readonly (number | null)[];

export interface ReadFormat {
  readonly name: "png" | "jpeg" | "webp" | "tiff" | "gif" | "avif";
  readonly extensions: readonly string[];
  /** What the file begins with; null stands for any byte. */
  readonly magics: readonly Magic[];
}

/** A format that smxc writes as well. */
export interface ImageFormat extends ReadFormat {
  readonly name: "png" | "jpeg" | "webp" | "tiff";
  readonly bitDepths: readonly (8 | 16)[];
  readonly alpha: boolean;
  /** Pixels that a side can have. */
  readonly longestSide: number;
}

const ascii = (text: string) => Array.from(text, (character) => (character === "?" ? null : character.charCodeAt(0)));

export const IMAGE_FORMATS: readonly ImageFormat[] = [
  {
    name: "png",
    extensions: [".png"],
    magics: [[0x89, ...ascii("PNG\r\n"), 0x1a, 0x0a]],
    bitDepths: [8, 16],
    alpha: true,
    longestSide: 2 ** 31 - 1,
  },
  {
    name: "jpeg",
    extensions: [".jpg", ".jpeg", ".jpe", ".jfif"],
    magics: [[0xff, 0xd8, 0xff]],
    bitDepths: [8],
    alpha: false,
    longestSide: 65_535,
  },
  {
    name: "webp",
    extensions: [".webp"],
    magics: [ascii("RIFF????WEBP")],
    bitDepths: [8],
    alpha: true,
    longestSide: 16_383,
  },
  {
    name: "tiff",
    extensions: [".tif", ".tiff"],
    magics: [ascii("II*\0"), ascii("MM\0*"), ascii("II+\0"), ascii("MM\0+")],
    bitDepths: [8, 16],
    alpha: true,
    longestSide: 2 ** 31 - 1,
  },
];

/** What is read: what is written, and formats whose results would not be what was computed. */
export const READ_FORMATS: readonly ReadFormat[] = [
  ...IMAGE_FORMATS,
  { name: "gif", extensions: [".gif"], magics: [ascii("GIF87a"), ascii("GIF89a")] },
  { name: "avif", extensions: [".avif"], magics: [ascii("????ftypavif"), ascii("????ftypavis")] },
];

/** The format whose files begin as these bytes do. */
export function formatOfBytes(bytes: Uint8Array): ReadFormat | undefined {
  return READ_FORMATS.find(({ magics }) =>
    magics.some((magic) => magic.every((byte, index) => byte === null || byte === bytes[index])),
  );
}

/** What is read, for messages. */
export const FORMATS_TEXT = "PNG, JPEG, WebP, TIFF, GIF or AVIF";

/** The format that a file's extension names, of those that are written. */
export function formatOfName(file: string): ImageFormat | undefined {
  return named(IMAGE_FORMATS, file);
}

/** Whether a file is called a picture. */
export function isNamedPicture(file: string): boolean {
  return named(READ_FORMATS, file) !== undefined;
}

function named<F extends ReadFormat>(formats: readonly F[], file: string): F | undefined {
  const name = file.toLowerCase();
  return formats.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}
