/**
 * JPEG files that decoders complain about although every sample is there. libjpeg fills up what is missing; so a file is
 * set right until it decodes without a complaint, or is given up.
 */
import { isRestart, type JpegPart, jpegParts, MARKERS } from "./jpeg-parts.js";
import { bringsAll, corrected, type Frame, frameOf, PROGRESSIVE, restartsOf } from "./jpeg-segments.js";
import type { Mended } from "./mended.js";

/** Frames whose decoder needs a bit of the file for each it takes: Huffman codes, sequential or progressive. */
const HUFFMAN: ReadonlySet<number> = new Set([0xc0, 0xc1, PROGRESSIVE]);
/** So many equal bytes at the end of a file without an end marker are no samples, but what a broken copy was filled with. */
const FILLING_BYTES = 32;
const ROUNDS = 3;
/** Ways followed at a time: progressive files have about ten scans. */
const WAYS = 16;

/** Undefined where nothing is wrong with the parts that the file is made of. */
export function mendJpeg(bytes: Uint8Array): Mended | undefined {
  const { parts, ended, stray } = jpegParts(bytes);
  const frame = frameOf(parts);
  // What a decoder says of such a file is as good.
  if (frame === undefined) return undefined;
  if (!ended && (!HUFFMAN.has(frame.marker) || isFilled(bytes) || !bringsAll(parts, frame))) {
    return { damage: "the file ends before the last samples" };
  }
  const { parts: right, notes } = corrected(parts, frame);
  if (ended && stray === 0 && notes.length === 0) return undefined;
  return {
    bytes: assembled(right),
    notes: [
      ...(ended ? [] : ["its end is missing"]),
      ...(stray > 0 ? [`${stray} stray bytes were left out`] : []),
      ...notes,
    ],
  };
}

function isFilled(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(-FILLING_BYTES);
  return tail.every((byte) => byte === tail[0]);
}

interface Way {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Decodes a file, and where a decoder complains of stray bytes at the end of a scan, the file without them. libjpeg reports
 * its first complaint only, so that this is no proof that nothing else is wrong.
 *
 * @param decode throws what the decoder complains about
 * @throws what it complains about first, where no way leads to a file without a complaint
 */
export async function decodeJpeg<T>(
  file: Way,
  decode: (bytes: Uint8Array) => Promise<T>,
): Promise<{ readonly decoded: T } & Way> {
  const complaints: unknown[] = [];
  let ways: readonly Way[] = [file];
  for (let round = 0; round < ROUNDS; round++) {
    const further: Way[] = [];
    for (const way of ways) {
      try {
        return { decoded: await decode(way.bytes), ...way };
      } catch (cause) {
        complaints.push(cause);
        further.push(...withoutStrays(way, (cause as Error).message));
      }
    }
    ways = further.slice(0, WAYS);
  }
  throw complaints[0];
}

/** The file without the bytes that the decoder found at the end of a scan: at each that ends as the complaint says. */
function withoutStrays({ bytes, notes }: Way, complaint: string): readonly Way[] {
  const [, count, code] = /(\d+) extraneous bytes before marker 0x([0-9a-f]{2})/.exec(complaint) ?? [];
  if (count === undefined || code === undefined) return [];
  const { parts } = jpegParts(bytes);
  const [stray, marker] = [Number(count), Number.parseInt(code, 16)];
  return parts.flatMap((part, index) => {
    if (part.kind !== "scan" || part.marker !== marker) return [];
    const data = withoutLast(part.bytes, stray);
    if (data === undefined) return [];
    const without = assembled(parts.with(index, { ...part, bytes: data }));
    return [{ bytes: without, notes: [...notes, `${stray} stray bytes were left out`] }];
  });
}

/** Less `count` bytes at the end, as decoders count them: 0xFF that fill up are none. */
function withoutLast(data: Uint8Array, count: number): Uint8Array | undefined {
  let end = data.length;
  for (let left = count; left > 0; end--) {
    if (end === 0) return undefined;
    if (data[end - 1] !== 0xff || data[end] === 0) left--;
  }
  return data.subarray(0, end);
}

/** Entropy-coded data that no picture goes on with: ones, as 0xFF00 says them, and a row of bits without order. */
const GOES_ON: readonly Uint8Array[] = [
  Uint8Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? 0xff : 0)),
  Uint8Array.from({ length: 64 }, (_, index) => (index * 167 + 41) % 251),
];

/**
 * Whether the last samples come from the file. libvips does not look at what libjpeg says of the last rows: where the data
 * of a file of one scan ends too early, they are filled up with what zeros mean. They are other samples if the data goes
 * on with something else.
 *
 * @param lastRows decodes them, whatever the decoder complains about
 */
export async function holdsLastRows(
  bytes: Uint8Array,
  lastRows: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<boolean> {
  const { parts } = jpegParts(bytes);
  const frame = frameOf(parts);
  const scans = parts.filter(({ kind }) => kind === "scan");
  const [scan] = scans;
  if (frame === undefined || scan === undefined || scans.length > 1 || !isSequential(frame)) return true;
  if (countRestarts(scan.bytes) < restartsOf(parts, frame)) return false;
  const rows = await lastRows(bytes);
  for (const more of GOES_ON) {
    const longer = parts.flatMap((part) => (part === scan ? [part, { ...part, bytes: more }] : [part]));
    const other = await lastRows(assembled(longer));
    if (other.length !== rows.length || other.some((sample, index) => sample !== rows[index])) return false;
  }
  return true;
}

function isSequential({ marker }: Frame): boolean {
  return HUFFMAN.has(marker) && marker !== PROGRESSIVE;
}

function countRestarts(data: Uint8Array): number {
  let count = 0;
  for (let at = data.indexOf(0xff); at >= 0; at = data.indexOf(0xff, at + 1)) {
    if (isRestart(data[at + 1] ?? 0)) count++;
  }
  return count;
}

function assembled(parts: readonly JpegPart[]): Uint8Array {
  const start = new Uint8Array([0xff, MARKERS.start]);
  const pieces = [start, ...parts.map(({ bytes }) => bytes), new Uint8Array([0xff, MARKERS.end])];
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
