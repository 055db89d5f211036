/** The parts of a JPEG file (ITU-T T.81, annex B). */

export interface JpegPart {
  /** `segment`: a marker with its parameters. `scan`: entropy-coded data, restart markers among them. */
  readonly kind: "segment" | "scan";
  /** The second byte of the segment's marker, or of the marker that the scan ends before; 0 at the end of the file. */
  readonly marker: number;
  readonly bytes: Uint8Array;
}

export interface JpegParts {
  readonly parts: readonly JpegPart[];
  /** Whether the end marker is there. */
  readonly ended: boolean;
  /** Bytes between the parts that belong to none. */
  readonly stray: number;
}

export const MARKERS = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  restarts: 0xdd,
  app0: 0xe0,
  app2: 0xe2,
  adobe: 0xee,
} as const;

/** Start-of-frame markers are 0xC0 to 0xCF without these: Huffman and arithmetic tables, and a reserved one. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);

export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker);
}

export function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** All parts from the start marker to the end marker, or as far as they are whole. */
export function jpegParts(bytes: Uint8Array): JpegParts {
  const parts: JpegPart[] = [];
  let stray = 0;
  for (let at = 2; ; ) {
    const marker = nextMarker(bytes, at);
    if (marker === undefined) return { parts, ended: false, stray };
    stray += marker.stray;
    const code = bytes[marker.at + 1]!;
    if (code === MARKERS.end) return { parts, ended: true, stray };
    if (isRestart(code) || code === 0x01 || code === MARKERS.start) {
      stray += 2;
      at = marker.at + 2;
      continue;
    }
    const length = (bytes[marker.at + 2]! << 8) | bytes[marker.at + 3]!;
    const end = marker.at + 2 + length;
    if (!(length >= 2) || end > bytes.length) return { parts, ended: false, stray };
    parts.push({ kind: "segment", marker: code, bytes: bytes.subarray(marker.at, end) });
    at = end;
    if (code !== MARKERS.scan) continue;
    const stop = scanEnd(bytes, end);
    parts.push({ kind: "scan", marker: bytes[stop + 1] ?? 0, bytes: bytes.subarray(end, stop) });
    at = stop;
  }
}

/** The last 0xFF before a marker's code; 0xFF may come more than once, and 0xFF00 is data. */
function nextMarker(bytes: Uint8Array, from: number): { readonly at: number; readonly stray: number } | undefined {
  let stray = 0;
  for (let at = from; at + 1 < bytes.length; at++) {
    const [byte, next] = [bytes[at]!, bytes[at + 1]!];
    if (byte === 0xff && next === 0xff) continue;
    if (byte === 0xff && next !== 0) return { at, stray };
    stray++;
  }
  return undefined;
}

/** Where the marker behind entropy-coded data is, or the end of the file. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1]!;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}
