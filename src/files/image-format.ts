/** The picture formats that smxc reads and writes. */

export interface ImageFormat {
  readonly name: "png" | "jpeg" | "webp" | "tiff";
  readonly extensions: readonly string[];
  /** What the file begins with; null stands for any byte. */
  readonly magics: readonly (readonly (number | null)[])[];
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

/** The format whose files begin as these bytes do. */
export function formatOfBytes(bytes: Uint8Array): ImageFormat | undefined {
  return IMAGE_FORMATS.find(({ magics }) =>
    magics.some((magic) => magic.every((byte, index) => byte === null || byte === bytes[index])),
  );
}

/** What is read, for messages. */
export const FORMATS_TEXT = "PNG, JPEG, WebP or TIFF";

/** The format that a file's extension names. */
export function formatOfName(file: string): ImageFormat | undefined {
  const name = file.toLowerCase();
  return IMAGE_FORMATS.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}
