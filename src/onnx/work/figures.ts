/** Sums and products of counts that files may make larger than numbers reach: they stop, so that none is infinite. */

/** Figures that would be larger are this one. */
export const MOST = 1e300;

export function plus(a: number, b: number): number {
  return Math.min(a + b, MOST);
}

export function times(a: number, b: number): number {
  return Math.min(a * b, MOST);
}

export function sum(figures: Iterable<number>): number {
  let total = 0;
  for (const figure of figures) total = plus(total, figure);
  return total;
}

/** Larger ones are written with two digits: nobody reads more of them. */
const MOST_EXACT = 1e15;

/** `1,234`, or `about 1.2e18`. */
export function figureText(figure: number): string {
  if (figure <= MOST_EXACT) return figure.toLocaleString("en");
  return `${figure >= MOST ? "more than" : "about"} ${figure.toExponential(1).replace("+", "")}`;
}
