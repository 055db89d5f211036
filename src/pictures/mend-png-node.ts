/** PNG files that break the format's rules although every sample is there. */
import { constants, deflateSync, inflateSync } from "node:zlib";
import type { Mended } from "./mended.js";
import { encodeChunk, type PngChunk, pngChunks, SIGNATURE_BYTES } from "./png-chunks-node.js";

/** What the samples depend on, beside the critical chunks: opacity, colours, and which side is up. */
const NEEDED: ReadonlySet<string> = new Set(["tRNS", "cICP", "iCCP", "sRGB", "gAMA", "cHRM", "eXIf"]);
/** Samples of a pixel by the colour type. */
const SAMPLES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
/** The passes of Adam7: where the first pixel is, and how far apart they are. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Undefined where nothing is wrong. */
export function mendPng(bytes: Uint8Array): Mended | undefined {
  const chunks = pngChunks(bytes);
  const wrong = chunks.filter(({ state }) => state !== "sound");
  const ended = chunks.at(-1)?.type === "IEND";
  if (wrong.length === 0 && ended) return undefined;
  const fatal = wrong.find((chunk) => !mayBeLost(chunk));
  if (fatal !== undefined) return { damage: damageOf(fatal) };
  const notes = wrong.flatMap(({ type, at, state }) => {
    if (type === "IEND") return ["its end is damaged"];
    if (state === "cut") return [];
    return [`the chunk ${type} at byte ${at}, which does not match its checksum, was left out`];
  });
  if (ended) return { bytes: assembled(bytes, chunks), notes };
  const raw = wholeData(chunks);
  if (raw === undefined) {
    const cut = wrong.find(({ state }) => state === "cut");
    return { damage: cut === undefined ? "the file ends before its last chunk" : damageOf(cut) };
  }
  return { bytes: assembled(bytes, chunks, raw), notes: [...notes, "its end is missing"] };
}

function damageOf({ at, state }: PngChunk): string {
  return state === "cut"
    ? `the chunk at byte ${at} goes beyond the end of the file`
    : `the chunk at byte ${at} does not match its checksum`;
}

/** Cut data may hold all samples; ancillary chunks begin with a small letter. */
function mayBeLost({ type, state }: PngChunk): boolean {
  if (type === "IDAT") return state === "cut";
  return type === "IEND" || (/^[a-z]/.test(type) && !NEEDED.has(type));
}

/** The file again, of sound chunks alone. */
function assembled(bytes: Uint8Array, chunks: readonly PngChunk[], raw?: Uint8Array): Uint8Array {
  const firstData = chunks.find(({ type }) => type === "IDAT");
  const body = chunks.flatMap((chunk): readonly Uint8Array[] => {
    const { type, data, state } = chunk;
    if (type === "IDAT" && raw !== undefined) {
      return chunk === firstData ? [encodeChunk("IDAT", deflateSync(raw, { level: 1 }))] : [];
    }
    return state === "sound" && type !== "IEND" ? [encodeChunk(type, data)] : [];
  });
  return Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...body, encodeChunk("IEND", new Uint8Array())]);
}

/** The filtered rows, where all of them are there. */
function wholeData(chunks: readonly PngChunk[]): Uint8Array | undefined {
  const length = dataLength(chunks[0]);
  if (length === undefined) return undefined;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  try {
    const raw = inflateSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: length });
    return raw.length === length ? raw : undefined;
  } catch {
    return undefined;
  }
}

function dataLength(header: PngChunk | undefined): number | undefined {
  if (header?.type !== "IHDR" || header.data.length !== 13) return undefined;
  const view = new DataView(header.data.buffer, header.data.byteOffset);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
  const samples = SAMPLES.get(view.getUint8(9));
  if (samples === undefined) return undefined;
  const pass = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * samples * depth) / 8)) : 0;
  if (view.getUint8(12) === 0) return pass(width, height);
  return ADAM7.reduce(
    (sum, [x, y, dx, dy]) => sum + pass(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}
