/** Products and sums of products. */
import { beside, checkedProduct, type FactorSource, type Part, type Product, sharedParts } from "./product.js";

/** Element by element, under the rules of broadcasting. */
export function multiplied(a: Product, b: Product): Product {
  const counts = [a.factors.length, b.factors.length] as const;
  const rank = Math.max(a.axes.length, b.axes.length);
  const at = ({ axes }: Product, axis: number): readonly Part[] => axes[axis - rank + axes.length] ?? [];
  return checkedProduct({
    axes: Array.from({ length: rank }, (_, axis) => sharedParts(at(a, axis), at(b, axis), counts)),
    sums: [...beside(a.sums, counts, "left"), ...beside(b.sums, counts, "right")],
    factors: [...a.factors, ...b.factors],
  });
}

export function summedOver(product: Product, axes: readonly number[], keepdims: boolean): Product {
  const isSummed = (axis: number): boolean => axes.includes(axis);
  const left = product.axes.flatMap((parts, axis) => (isSummed(axis) ? (keepdims ? [[]] : []) : [parts]));
  return {
    ...product,
    axes: left,
    sums: [...product.sums, ...product.axes.filter((_, axis) => isSummed(axis)).flat()],
  };
}

/** A number as a product of no axes. */
export function scalar(value: number): Product {
  const tensor = { shape: [], read: async () => Float64Array.of(value) };
  return { axes: [], sums: [], factors: [{ source: { kind: "constant", tensor, inverse: false }, start: 0 }] };
}

/** The only source of a product that is nothing but a view of one; undefined where it is more. */
export function onlySource({ sums, factors }: Product): FactorSource | undefined {
  return sums.length === 0 && factors.length === 1 ? factors[0]!.source : undefined;
}

/** The same view of another source of as many elements. */
export function withSource(product: Product, source: FactorSource): Product {
  return { ...product, factors: [{ source, start: product.factors[0]!.start }] };
}
