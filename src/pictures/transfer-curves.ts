/** From the samples of a picture to light: both run from 0 to 1. */

export type Curve = (sample: number) => number;

/** IEC 61966-2-1 */
export const SRGB_CURVE: Curve = (sample) => (sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4);

/** The reverse of `SRGB_CURVE`. */
export function encodeSrgb(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** ITU-R BT.709, BT.601 and BT.2020 */
export const BT709_CURVE: Curve = (sample) =>
  sample < 0.081 ? sample / 4.5 : ((sample + 0.099) / 1.099) ** (1 / 0.45);

export const LINEAR_CURVE: Curve = (sample) => sample;

export function powerCurve(exponent: number): Curve {
  return (sample) => sample ** exponent;
}

/** Values at equal distances from 0 to 1, straight lines between them. */
export function tableCurve(values: readonly number[]): Curve {
  const last = values.length - 1;
  return (sample) => {
    const at = Math.min(1, Math.max(0, sample)) * last;
    const below = Math.min(Math.floor(at), last - 1);
    return values[below]! + (values[below + 1]! - values[below]!) * (at - below);
  };
}

type Parameters = readonly [g: number, a: number, b: number, c: number, d: number, e: number, f: number];

/** The parametric functions of ICC.1 (10.18), by their number; unused parameters are 0. */
const PARAMETRIC: readonly { readonly count: number; curve(parameters: Parameters): Curve }[] = [
  { count: 1, curve: ([g]) => powerCurve(g) },
  {
    count: 3,
    curve:
      ([g, a, b]) =>
      (x) =>
        x >= -b / a ? positive(a * x + b) ** g : 0,
  },
  {
    count: 4,
    curve:
      ([g, a, b, c]) =>
      (x) =>
        x >= -b / a ? positive(a * x + b) ** g + c : c,
  },
  {
    count: 5,
    curve:
      ([g, a, b, c, d]) =>
      (x) =>
        x >= d ? positive(a * x + b) ** g : c * x,
  },
  {
    count: 7,
    curve:
      ([g, a, b, c, d, e, f]) =>
      (x) =>
        x >= d ? positive(a * x + b) ** g + e : c * x + f,
  },
];

/** How many parameters a parametric function has; undefined for a number that stands for none. */
export function parameterCount(type: number): number | undefined {
  return PARAMETRIC[type]?.count;
}

/** @param parameters as many as `parameterCount` says, in the standard's order */
export function parametricCurve(type: number, parameters: readonly number[]): Curve {
  const [g = 0, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = parameters;
  const curve = PARAMETRIC[type]!.curve([g, a, b, c, d, e, f]);
  return (sample) => Math.min(1, Math.max(0, curve(sample)));
}

function positive(value: number): number {
  return Math.max(0, value);
}
