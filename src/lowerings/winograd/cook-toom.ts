/**
 * Minimal filtering by evaluation and interpolation (Cook 1966, Toom 1963; Winograd 1980; Lavin & Gray 2016):
 * m outputs of a correlation with r taps from n = m + r − 1 products, y = Aᵀ[(G g) ⊙ (Bᵀ d)].
 */
import { add, divide, multiply, ONE, power, type Rational, rational, subtract, toNumber, ZERO } from "./rational.js";

/** Row-major matrices of one dimension of a form. */
export interface FilterMatrices {
  readonly m: number;
  readonly n: number;
  /** [m][n] */
  readonly at: readonly (readonly number[])[];
  /** [n][r] */
  readonly g: readonly (readonly number[])[];
  /** [n][n] */
  readonly bt: readonly (readonly number[])[];
}

/** Matrices at the given finite points and infinity. */
export function cookToom(m: number, r: number, points: readonly Rational[]): FilterMatrices {
  const n = m + r - 1;
  if (points.length !== n - 1) throw new RangeError(`F(${m},${r}) takes ${n - 1} finite points, not ${points.length}`);
  const scale = points.map((p, i) =>
    points.reduce((product, q, j) => (i === j ? product : multiply(product, subtract(p, q))), ONE),
  );
  const at = Array.from({ length: m }, (_, i) => [...points.map((p) => power(p, i)), i === m - 1 ? ONE : ZERO]);
  const g = [
    ...points.map((p, i) => Array.from({ length: r }, (_, j) => divide(power(p, j), scale[i]!))),
    Array.from({ length: r }, (_, j) => (j === r - 1 ? ONE : ZERO)),
  ];
  const bt = [
    ...points.map((_, i) => padded(polynomial(points.filter((__, j) => j !== i)), n)),
    padded(polynomial(points), n),
  ];
  return { m, n, at: numbers(at), g: numbers(g), bt: numbers(bt) };
}

/** Coefficients, lowest first, of ∏ (x − p). */
function polynomial(roots: readonly Rational[]): Rational[] {
  return roots.reduce<Rational[]>(
    (product, root) => {
      const next = Array.from({ length: product.length + 1 }, () => ZERO);
      product.forEach((coefficient, i) => {
        next[i] = add(next[i]!, multiply(coefficient, multiply(rational(-1), root)));
        next[i + 1] = add(next[i + 1]!, coefficient);
      });
      return next;
    },
    [ONE],
  );
}

function padded(row: readonly Rational[], length: number): Rational[] {
  return [...row, ...Array.from({ length: length - row.length }, () => ZERO)];
}

function numbers(matrix: readonly (readonly Rational[])[]): number[][] {
  return matrix.map((row) => row.map(toNumber));
}
