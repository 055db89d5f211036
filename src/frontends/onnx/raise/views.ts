/** What is done to the axes of a product. */
import { NotRead } from "../reading.js";
import { cutParts, joinedParts, type Part, type Product, shapeOfProduct, sizeOfParts } from "./product.js";

/** The same elements in the same order under another shape. */
export function regrouped(product: Product, shape: readonly number[]): Product {
  return { ...product, axes: cutParts(product.axes.flat(), shape) };
}

export function transposed(product: Product, perm: readonly number[]): Product {
  return { ...product, axes: perm.map((axis) => product.axes[axis]!) };
}

/** Repeated along axes of size 1, and along new ones before the first. */
export function expanded(product: Product, shape: readonly number[]): Product {
  const own = shapeOfProduct(product);
  const rank = Math.max(own.length, shape.length);
  const axes = Array.from({ length: rank }, (_, axis): readonly Part[] => {
    const [ownAxis, wantedAxis] = [axis - rank + own.length, axis - rank + shape.length];
    const parts = product.axes[ownAxis] ?? [];
    const wanted = shape[wantedAxis] ?? 1;
    const size = sizeOfParts(parts);
    if (size !== 1 && wanted !== 1 && size !== wanted)
      throw new NotRead("its shape does not follow from that of its input");
    return size === 1 ? repeats(product, wanted) : parts;
  });
  return { ...product, axes };
}

/** Every axis a number of times one after the other. */
export function tiled(product: Product, counts: readonly number[]): Product {
  return { ...product, axes: product.axes.map((parts, axis) => [...repeats(product, counts[axis]!), ...parts]) };
}

function repeats({ factors }: Product, size: number): readonly Part[] {
  return size === 1 ? [] : [{ size, steps: factors.map(() => 0) }];
}

/** Every `step`-th element of an axis, `count` of them. */
export function sliced(product: Product, axis: number, start: number, count: number, step: number): Product {
  const parts = joinedParts(product.axes[axis]!);
  if (count < 1) throw new NotRead("it is empty");
  if (start === 0 && step === 1 && count === sizeOfParts(parts)) return product;
  if (parts.length > 1) throw new NotRead("it takes a part of an axis whose elements are not evenly spaced");
  const steps = parts[0]?.steps ?? product.factors.map(() => 0);
  const own: readonly Part[] = count === 1 ? [] : [{ size: count, steps: steps.map((each) => each * step) }];
  return {
    ...product,
    axes: product.axes.with(axis, own),
    factors: product.factors.map((factor, f) => ({ ...factor, start: factor.start + start * steps[f]! })),
  };
}
