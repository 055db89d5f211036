/** The colours that red, green and blue stand for, as ICC profiles have them: XYZ relative to the white D50. */

export type Vector = readonly [number, number, number];
/** Row by row. */
export type Matrix = readonly [Vector, Vector, Vector];

/** CIE 1931 x and y. */
export type Chromaticity = readonly [x: number, y: number];

export interface Primaries {
  readonly white: Chromaticity;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
}

export const D65: Chromaticity = [0.3127, 0.329];
/** The white of ICC's connection space. */
export const D50: Vector = [0.9642, 1, 0.8249];

export const SRGB_PRIMARIES: Primaries = { white: D65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };

/** Adobe RGB (1998) */
export const ADOBE_RGB_PRIMARIES: Primaries = { ...SRGB_PRIMARIES, green: [0.21, 0.71] };

/** Cone responses of the linear Bradford transform (ICC.1, annex E). */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** From light in red, green and blue to XYZ under D50; undefined where the chromaticities span no colours. */
export function matrixOf({ white, red, green, blue }: Primaries): Matrix | undefined {
  if ([white, red, green, blue].some(([x, y]) => !(y > 0 && x >= 0))) return undefined;
  const columns = transposed([xyzOf(red), xyzOf(green), xyzOf(blue)]);
  const inverse = inverted(columns);
  if (inverse === undefined) return undefined;
  const whiteXyz = xyzOf(white);
  const shares = times(inverse, whiteXyz);
  if (!shares.every((share) => share > 0)) return undefined;
  const toXyz = columns.map((row) => row.map((value, i) => value * shares[i]!)) as unknown as Matrix;
  return product(adaptation(whiteXyz), toXyz);
}

function xyzOf([x, y]: Chromaticity): Vector {
  return [x / y, 1, (1 - x - y) / y];
}

function adaptation(white: Vector): Matrix {
  const [from, to] = [times(BRADFORD, white), times(BRADFORD, D50)];
  const scaled = BRADFORD.map((row, i) => row.map((value) => (value * to[i]!) / from[i]!)) as unknown as Matrix;
  return product(inverted(BRADFORD)!, scaled);
}

export function times(matrix: Matrix, [x, y, z]: Vector): Vector {
  const row = ([a, b, c]: Vector): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

export function product(a: Matrix, b: Matrix): Matrix {
  const [first, second, third] = transposed(b);
  return transposed([times(a, first), times(a, second), times(a, third)]);
}

export function transposed([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

export function inverted([a, b, c]: Matrix): Matrix | undefined {
  const cofactors: Matrix = [cross(b, c), cross(c, a), cross(a, b)];
  const determinant = a[0] * cofactors[0][0] + a[1] * cofactors[0][1] + a[2] * cofactors[0][2];
  if (Math.abs(determinant) < 1e-9) return undefined;
  return transposed(cofactors.map((row) => row.map((value) => value / determinant)) as unknown as Matrix);
}

function cross([a, b, c]: Vector, [d, e, f]: Vector): Vector {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}
