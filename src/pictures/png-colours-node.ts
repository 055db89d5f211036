/** Colours of PNG files: of the chunks that speak of them, the first of cICP, iCCP, sRGB, and gAMA with cHRM (4.3). */
import { inflateSync } from "node:zlib";
import { rgbSpace } from "./colour-space.js";
import { type Colours, colours, coloursOfProfile, SRGB, unknown } from "./picture-colours.js";
import type { PngChunk } from "./png-chunks-node.js";
import { type Chromaticity, D65, type Primaries, SRGB_PRIMARIES } from "./primaries.js";
import { BT709_CURVE, type Curve, LINEAR_CURVE, powerCurve, SRGB_CURVE } from "./transfer-curves.js";

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
  if (value === 0) return unknown("the chunk gAMA says a gamma of 0");
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

const C: Chromaticity = [0.31, 0.316];
const P3 = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] } as const;
const SMPTE_C: Primaries = { white: D65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] };

/** Colour primaries by their number (ITU-T H.273, table 2). */
const PRIMARIES: ReadonlyMap<number, Primaries> = new Map([
  [1, SRGB_PRIMARIES],
  [4, { white: C, red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08] }],
  [5, { white: D65, red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] }],
  [6, SMPTE_C],
  [7, SMPTE_C],
  [8, { white: C, red: [0.681, 0.319], green: [0.243, 0.692], blue: [0.145, 0.049] }],
  [9, { white: D65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] }],
  [11, { white: [0.314, 0.351], ...P3 }],
  [12, { white: D65, ...P3 }],
  [22, { white: D65, red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077] }],
]);

/** Transfer characteristics by their number (table 3), and names of those whose light has no upper bound. */
const TRANSFERS: ReadonlyMap<number, Curve | string> = new Map<number, Curve | string>([
  [1, BT709_CURVE],
  [4, powerCurve(2.2)],
  [5, powerCurve(2.8)],
  [6, BT709_CURVE],
  [8, LINEAR_CURVE],
  [13, SRGB_CURVE],
  [14, BT709_CURVE],
  [15, BT709_CURVE],
  [16, "PQ"],
  [18, "HLG"],
]);

/** PNG 3rd edition, 11.3.2.6 */
function coloursOfCodes(data: Uint8Array): Colours {
  if (data.length < 4) return unknown("the chunk cICP is too short");
  const [primaryCode, transferCode, matrix, fullRange] = data as unknown as [number, number, number, number];
  const [primaries, curve] = [PRIMARIES.get(primaryCode), TRANSFERS.get(transferCode)];
  if (typeof curve === "string") return unknown(`the chunk cICP says high dynamic range (${curve})`);
  if (matrix !== 0 || fullRange !== 1 || primaries === undefined || curve === undefined) {
    return unknown(`the chunk cICP says colours that smxc does not know (${data.subarray(0, 4).join(", ")})`);
  }
  return colours(rgbSpace(primaries, curve), "the chunk cICP");
}
