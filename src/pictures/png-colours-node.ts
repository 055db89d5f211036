/** Colours of PNG files: of the chunks that speak of them, the first of cICP, iCCP, sRGB, and gAMA with cHRM (4.3). */
import { inflateSync } from "node:zlib";
import { coloursOfCodePoints, unknownCodes } from "./code-points.js";
import { rgbSpace } from "./colour-space.js";
import { type Colours, colours, coloursOfProfile, SRGB, unknown } from "./picture-colours.js";
import type { PngChunk } from "./png-chunks-node.js";
import { type Chromaticity, type Primaries, SRGB_PRIMARIES } from "./primaries.js";
import { powerCurve, SRGB_CURVE } from "./transfer-curves.js";

/** Larger than any profile. */
const MOST_PROFILE_BYTES = 2 ** 26;
/** gAMA and cHRM hold hundred thousandths. */
const UNIT = 100_000;
/** The value that stands for sRGB (11.3.2.5), and how far from it a value still does. */
const SRGB_GAMMA = 45_455;
const GAMMA_TOLERANCE = 500;

type Reader = (data: Uint8Array, chunks: ReadonlyMap<string, Uint8Array>, samples: "RGB" | "GRAY") => Colours;

/** In the order of precedence. */
const READERS: readonly (readonly [type: string, read: Reader])[] = [
  ["cICP", (data) => coloursOfCodes(data)],
  ["iCCP", (data, _, samples) => coloursOfEmbedded(data, samples)],
  ["sRGB", () => SRGB],
  ["gAMA", (data, chunks) => coloursOfGamma(data, chunks.get("cHRM"))],
  ["cHRM", (data) => coloursOfGamma(undefined, data)],
];

/** Undefined where no chunk speaks of colours. */
export function coloursOfPng(chunks: readonly PngChunk[], samples: "RGB" | "GRAY"): Colours | undefined {
  const data = new Map(chunks.filter(({ state }) => state === "sound").map((chunk) => [chunk.type, chunk.data]));
  for (const [type, read] of READERS) {
    const own = data.get(type);
    if (own !== undefined) return read(own, data, samples);
  }
  return undefined;
}

function coloursOfEmbedded(data: Uint8Array, samples: "RGB" | "GRAY"): Colours {
  // A name, a zero byte, the method of compression.
  const start = data.indexOf(0) + 2;
  try {
    const profile = inflateSync(data.subarray(start), { maxOutputLength: MOST_PROFILE_BYTES });
    return coloursOfProfile(profile, samples);
  } catch {
    return unknown("the colour profile cannot be unpacked");
  }
}

function coloursOfGamma(gamma: Uint8Array | undefined, chromaticities: Uint8Array | undefined): Colours {
  const said = [...(gamma ? ["gAMA"] : []), ...(chromaticities ? ["cHRM"] : [])].join(" and ");
  const [value = SRGB_GAMMA] = gamma === undefined ? [] : numbers(gamma, 1);
  if (value === 0) return unknown("the chunk gAMA names a gamma of 0");
  const curve = Math.abs(value - SRGB_GAMMA) <= GAMMA_TOLERANCE ? SRGB_CURVE : powerCurve(UNIT / value);
  const primaries = chromaticities === undefined ? SRGB_PRIMARIES : primariesOf(chromaticities);
  if (primaries === undefined) return unknown("the chunk cHRM is too short");
  return colours(rgbSpace(primaries, curve), `the ${said.includes(" ") ? "chunks" : "chunk"} ${said}`);
}

function primariesOf(data: Uint8Array): Primaries | undefined {
  const values = numbers(data, 8).map((value) => value / UNIT);
  if (values.length < 8) return undefined;
  const [white, red, green, blue] = [0, 2, 4, 6].map((at): Chromaticity => [values[at]!, values[at + 1]!]) as [
    Chromaticity,
    Chromaticity,
    Chromaticity,
    Chromaticity,
  ];
  return { white, red, green, blue };
}

/** The first `count` whole numbers of four bytes, or as many as there are. */
function numbers(data: Uint8Array, count: number): readonly number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: Math.min(count, data.length >> 2) }, (_, index) => view.getUint32(index * 4));
}

/** PNG 3rd edition, 11.3.2.6 */
function coloursOfCodes(data: Uint8Array): Colours {
  if (data.length < 4) return unknown("the chunk cICP is too short");
  const [primaryCode, transferCode, matrix, fullRange] = data as unknown as [number, number, number, number];
  const codes = [...data.subarray(0, 4)];
  if (matrix !== 0 || fullRange !== 1) return unknownCodes(codes, "the chunk cICP");
  return coloursOfCodePoints(primaryCode, transferCode, codes, "the chunk cICP");
}
