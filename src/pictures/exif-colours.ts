/** What a TIFF structure, a TIFF file or EXIF data, says of colours: EXIF 3.0 (4.6.6), TIFF 6.0 (section 20). */
import type { Primaries } from "./primaries.js";

/** `other`: not sRGB, without a word on what else. */
export type ExifColours = "adobe-rgb" | "other" | { readonly primaries: Primaries };

const TAGS = { white: 318, primaries: 319, exif: 0x8769, colours: 0xa001, interoperability: 0xa005, index: 1 } as const;
/** Values of the tag ColorSpace: the second is not in the standard, but some cameras write it. */
const ADOBE_RGB = 2;
const UNCALIBRATED = 0xffff;
/** DCF 2.0: files of its optional colour space, Adobe RGB. */
const DCF_OPTION = "R03";
const MOST_ENTRIES = 1000;
const PREFIX = "Exif\0\0";

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the value is, or its offset. */
  readonly at: number;
}

/** Undefined where it says sRGB or nothing, and for damaged data. */
export function exifColours(bytes: Uint8Array): ExifColours | undefined {
  const prefixed = Array.from(PREFIX).every((character, index) => bytes[index] === character.charCodeAt(0));
  const data = prefixed ? bytes.subarray(PREFIX.length) : bytes;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  try {
    return coloursOf(view);
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

/** @throws RangeError where an offset leads beyond the end */
function coloursOf(view: DataView): ExifColours | undefined {
  const little = view.getUint16(0) === 0x4949;
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;
  const read = reader(view, little);
  const main = read.directory(view.getUint32(4, little));
  const exif = read.directoryAt(main.get(TAGS.exif));
  const space = read.short(exif.get(TAGS.colours));
  if (space === ADOBE_RGB) return "adobe-rgb";
  if (space === UNCALIBRATED) {
    const index = read.directoryAt(exif.get(TAGS.interoperability)).get(TAGS.index);
    return index !== undefined && read.text(index).startsWith(DCF_OPTION) ? "adobe-rgb" : "other";
  }
  if (space !== undefined) return undefined;
  const [white, primaries] = [read.ratios(main.get(TAGS.white), 2), read.ratios(main.get(TAGS.primaries), 6)];
  if (white === undefined || primaries === undefined) return undefined;
  const [wx, wy] = white as [number, number];
  const [rx, ry, gx, gy, bx, by] = primaries as [number, number, number, number, number, number];
  return { primaries: { white: [wx, wy], red: [rx, ry], green: [gx, gy], blue: [bx, by] } };
}

function reader(view: DataView, little: boolean) {
  const directory = (at: number): ReadonlyMap<number, Entry> => {
    const count = Math.min(view.getUint16(at, little), MOST_ENTRIES);
    return new Map(
      Array.from({ length: count }, (_, index) => {
        const entry = at + 2 + index * 12;
        const [type, values] = [view.getUint16(entry + 2, little), view.getUint32(entry + 4, little)];
        return [view.getUint16(entry, little), { type, count: values, at: entry + 8 }] as const;
      }),
    );
  };
  return {
    directory,
    directoryAt: (entry: Entry | undefined) =>
      entry === undefined ? new Map<number, Entry>() : directory(view.getUint32(entry.at, little)),
    short: (entry: Entry | undefined) => (entry?.type === 3 ? view.getUint16(entry.at, little) : undefined),
    /** Of at most four characters, which stand in the entry itself. */
    text: ({ at, count }: Entry) =>
      String.fromCharCode(...Array.from({ length: Math.min(count, 4) }, (_, index) => view.getUint8(at + index))),
    ratios: (entry: Entry | undefined, count: number) => {
      if (entry?.type !== 5 || entry.count !== count) return undefined;
      const at = view.getUint32(entry.at, little);
      return Array.from(
        { length: count },
        (_, index) => view.getUint32(at + index * 8, little) / view.getUint32(at + index * 8 + 4, little),
      );
    },
  };
}
