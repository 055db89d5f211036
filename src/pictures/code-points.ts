/** Colours by the numbers of ITU-T H.273, which PNG (cICP) and AVIF (nclx) files name them with. */
import { rgbSpace } from "./colour-space.js";
import { type Colours, colours, unknown } from "./picture-colours.js";
import { type Chromaticity, D65, type Primaries, SRGB_PRIMARIES } from "./primaries.js";
import { BT709_CURVE, type Curve, LINEAR_CURVE, powerCurve, SRGB_CURVE } from "./transfer-curves.js";

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

/**
 * @param codes all numbers that the file gives, for messages
 * @param said where it gives them
 */
export function coloursOfCodePoints(
  primaryCode: number,
  transferCode: number,
  codes: readonly number[],
  said: string,
): Colours {
  const [primaries, curve] = [PRIMARIES.get(primaryCode), TRANSFERS.get(transferCode)];
  if (typeof curve === "string") return unknown(`${said} names high dynamic range (${curve})`);
  if (primaries === undefined || curve === undefined) return unknownCodes(codes, said);
  return colours(rgbSpace(primaries, curve), said);
}

export function unknownCodes(codes: readonly number[], said: string): Colours {
  return unknown(`${said} names colours that smxc does not know (${codes.join(", ")})`);
}
