/** Segments of JPEG files that decoders complain about although they know what is meant: how they should have been. */
import { isFrame, type JpegPart, MARKERS } from "./jpeg-parts.js";

interface Correction {
  readonly marker: number;
  /** The segment as it should be, `null` to leave it out, or undefined where nothing is wrong with it. */
  correct(segment: Uint8Array, file: Frame): Uint8Array | null | undefined;
  readonly note: string;
}

/** What the other segments say. */
export interface Frame {
  /** The second byte of the start-of-frame marker. */
  readonly marker: number;
  /** Identifiers of the components. */
  readonly components: readonly number[];
  readonly wholeProfile: boolean;
  /** JFIF knows one kind of colours, and comes before Adobe's word where there are three components. */
  readonly jfif: boolean;
}

/** Marker and length. */
const HEAD = 4;
const JFIF = "JFIF\0";
const ADOBE = "Adobe";
const PROFILE = "ICC_PROFILE\0";
/** Progressive frames name parts of the coefficients in each scan. */
export const PROGRESSIVE = 0xc2;

const CORRECTIONS: readonly Correction[] = [
  {
    marker: MARKERS.app0,
    note: "its JFIF version is unknown",
    correct: (segment) =>
      begins(segment, JFIF) && ![1, 2].includes(segment[HEAD + 5]!) ? withByte(segment, HEAD + 5, 1) : undefined,
  },
  {
    marker: MARKERS.adobe,
    note: "its Adobe colour transform is unknown, so the usual one was used",
    correct(segment, { components, jfif }) {
      if (jfif && components.length === 3) return undefined;
      const usual = new Map([
        [3, 1],
        [4, 2],
      ]).get(components.length);
      const at = HEAD + 11;
      if (!begins(segment, ADOBE) || segment.length <= at || usual === undefined) return undefined;
      return segment[at] === 0 || segment[at] === usual ? undefined : withByte(segment, at, usual);
    },
  },
  {
    marker: MARKERS.app2,
    note: "its colour profile is incomplete and was left out; the colours are read as sRGB",
    correct: (segment, { wholeProfile }) => (begins(segment, PROFILE) && !wholeProfile ? null : undefined),
  },
  {
    marker: MARKERS.scan,
    note: "a scan header names coefficients that do not exist in this kind of file",
    correct(segment, { marker }) {
      const at = segment.length - 3;
      const usual = [0, 63, 0];
      if (marker === PROGRESSIVE || usual.every((value, index) => segment[at + index] === value)) return undefined;
      const out = segment.slice();
      out.set(usual, at);
      return out;
    },
  },
];

/** The parts with what is wrong set right, and what that was. */
export function corrected(
  parts: readonly JpegPart[],
  frame: Frame,
): { readonly parts: readonly JpegPart[]; readonly notes: readonly string[] } {
  const notes = new Set<string>();
  const out = parts.flatMap((part): readonly JpegPart[] => {
    const { correct, note } = CORRECTIONS.find(({ marker }) => part.kind === "segment" && marker === part.marker) ?? {};
    const bytes = correct?.(part.bytes, frame);
    if (bytes === undefined || note === undefined) return [part];
    notes.add(note);
    return bytes === null ? [] : [{ ...part, bytes }];
  });
  return { parts: out, notes: [...notes] };
}

/** Undefined where there is no frame header. */
export function frameOf(parts: readonly JpegPart[]): Frame | undefined {
  const header = parts.find(({ kind, marker }) => kind === "segment" && isFrame(marker));
  if (header === undefined) return undefined;
  const count = header.bytes[HEAD + 5] ?? 0;
  const components = Array.from({ length: count }, (_, index) => header.bytes[HEAD + 6 + index * 3] ?? -1);
  const jfif = parts.some(({ marker, bytes }) => marker === MARKERS.app0 && begins(bytes, JFIF));
  return { marker: header.marker, components, wholeProfile: isProfileWhole(parts), jfif };
}

/** Each of the pieces that the segments count is there, once. */
function isProfileWhole(parts: readonly JpegPart[]): boolean {
  const pieces = parts.filter(({ marker, bytes }) => marker === MARKERS.app2 && begins(bytes, PROFILE));
  const at = HEAD + PROFILE.length;
  const count = pieces[0]?.bytes[at + 1];
  const numbers = new Set(pieces.map(({ bytes }) => bytes[at]));
  return (
    pieces.length === (count ?? 0) &&
    pieces.every(({ bytes }) => bytes[at + 1] === count) &&
    pieces.every((_, index) => numbers.has(index + 1))
  );
}

/** Restart markers that must be in the one scan of a sequential file, whose blocks all components share. */
export function restartsOf(parts: readonly JpegPart[], { components }: Frame): number {
  const interval = wordOf(parts.findLast(({ kind, marker }) => kind === "segment" && marker === MARKERS.restarts));
  const header = parts.find(({ kind, marker }) => kind === "segment" && isFrame(marker))!.bytes;
  if (interval === 0) return 0;
  // Height, width, and for each component its sampling factors; a component alone comes in blocks of 8 × 8.
  const word = (at: number): number => (header[at]! << 8) | header[at + 1]!;
  const factors = components.map((_, index) => header[HEAD + 7 + index * 3] ?? 0x11);
  const alone = components.length === 1;
  const across = alone ? 1 : Math.max(...factors.map((factor) => factor >> 4));
  const down = alone ? 1 : Math.max(...factors.map((factor) => factor & 15));
  const units = Math.ceil(word(HEAD + 3) / (8 * across)) * Math.ceil(word(HEAD + 1) / (8 * down));
  return Math.ceil(units / interval) - 1;
}

function wordOf(segment: JpegPart | undefined): number {
  return segment === undefined ? 0 : ((segment.bytes[HEAD] ?? 0) << 8) | (segment.bytes[HEAD + 1] ?? 0);
}

/**
 * Whether the scans bring every coefficient of every component, to its last bit.
 *
 * A file that ends between two scans of a progressive picture decodes without a complaint, to a coarser picture.
 */
export function bringsAll(parts: readonly JpegPart[], { marker, components }: Frame): boolean {
  const missing = new Map(components.map((component) => [component, new Set(Array.from({ length: 64 }, (_, k) => k))]));
  for (const { kind, marker: own, bytes } of parts) {
    if (kind !== "segment" || own !== MARKERS.scan) continue;
    const count = bytes[HEAD] ?? 0;
    const [first, last, bits] = bytes.subarray(bytes.length - 3);
    const [from, to, low] = marker === PROGRESSIVE ? [first!, last!, bits! & 15] : [0, 63, 0];
    for (let index = 0; index < count; index++) {
      const left = missing.get(bytes[HEAD + 1 + index * 2]!);
      for (let k = from; k <= to && low === 0; k++) left?.delete(k);
    }
  }
  return [...missing.values()].every(({ size }) => size === 0);
}

function begins(segment: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, index) => segment[HEAD + index] === character.charCodeAt(0));
}

function withByte(segment: Uint8Array, at: number, value: number): Uint8Array {
  const out = segment.slice();
  out[at] = value;
  return out;
}
