/** Ways to recognise a file by its bytes or its name. */
import type { Sample } from "./sample.js";

export type Probe = (sample: Sample) => boolean;

/** Bytes as numbers, or as text of ASCII. */
type Part = number | string;

/** The file has these bytes at an offset. */
export function bytesAt(offset: number, ...parts: readonly Part[]): Probe {
  const wanted = parts.flatMap((part) =>
    typeof part === "number" ? [part] : Array.from(part, (letter) => letter.charCodeAt(0)),
  );
  return ({ start }) => wanted.every((byte, at) => start[offset + at] === byte);
}

export function startsWith(...parts: readonly Part[]): Probe {
  return bytesAt(0, ...parts);
}

/** The file's beginning, read as Latin-1 and without a byte order mark, is of a form. */
export function looksLike(pattern: RegExp): Probe {
  return ({ start }) => pattern.test(latin1(start).replace(BYTE_ORDER_MARK, ""));
}

const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

export function isNamed(pattern: RegExp): Probe {
  return ({ name }) => pattern.test(name);
}

export function all(...probes: readonly Probe[]): Probe {
  return (sample) => probes.every((probe) => probe(sample));
}

export function any(...probes: readonly Probe[]): Probe {
  return (sample) => probes.some((probe) => probe(sample));
}

/** A zip archive one of whose names, as far as they are in the sample, is of a form. */
export function zipWith(pattern: RegExp): Probe {
  return all(
    isZip,
    ({ start, end }) => zipNames(start).some(matches(pattern)) || zipNames(end ?? start).some(matches(pattern)),
  );
}

export const isZip: Probe = any(startsWith("PK", 3, 4), startsWith("PK", 5, 6));

/** Text without control characters but those that lay text out. */
export const isText: Probe = ({ start }) =>
  start.length > 0 && start.every((byte) => (byte >= 0x20 ? byte !== 0x7f : TEXT_CONTROLS.has(byte)));

/** Tab, line feed, form feed, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

function matches(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

/** Names of a zip archive's local headers and directory that lie in a part of it. */
function zipNames(part: Uint8Array): readonly string[] {
  const names: string[] = [];
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = 0; at + 46 <= part.length; at++) {
    if (part[at] !== 0x50 || part[at + 1] !== 0x4b) continue;
    const layout = ZIP_HEADERS.get(view.getUint16(at + 2, true));
    if (layout === undefined) continue;
    const length = view.getUint16(at + layout.lengthAt, true);
    names.push(latin1(part.subarray(at + layout.nameAt, at + layout.nameAt + length)));
  }
  return names;
}

/** Of a local header and of an entry of the directory, by the second half of their signatures. */
const ZIP_HEADERS: ReadonlyMap<number, { readonly lengthAt: number; readonly nameAt: number }> = new Map([
  [0x0403, { lengthAt: 26, nameAt: 30 }],
  [0x0201, { lengthAt: 28, nameAt: 46 }],
]);

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
