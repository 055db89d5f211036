/** Axes of several values that must be of one size. */
import { NotRead } from "../../reading.js";
import { type Extent, type Extents, extentText, isOpen, showExtent } from "../extent.js";

const isOne = (size: Extent): boolean => size.exported === 1 && !isOpen(size);

/**
 * The size of axes that have to be alike; where two follow from the picture in two ways, as in a U-Net whose pictures are
 * multiples, the simpler.
 *
 * @param sizes undefined where a value has no such axis
 */
export function alike(sizes: readonly (Extent | undefined)[]): Extent {
  const present = sizes.flatMap((size, index) => (size === undefined ? [] : [{ size, index }]));
  const opened = present.filter(({ size }) => isOpen(size));
  const own = present.find(({ size }) => !isOpen(size) && !isOne(size));
  const [first] = opened;
  if (first === undefined) return (own ?? present[0])!.size;
  if (own !== undefined)
    throw new NotRead(
      `its input ${own.index} has the exported size ${own.size.exported}, but its input ${first.index} has ${showExtent(first.size)}`,
    );
  const other = opened.find(({ size }) => size.exported !== first.size.exported);
  if (other !== undefined)
    throw new NotRead(`one axis has the two sizes ${showExtent(first.size)} and ${showExtent(other.size)}`);
  return opened.map(({ size }) => size).reduce((a, b) => (extentText(b).length < extentText(a).length ? b : a));
}

/** numpy's broadcasting: axes are counted from the back. */
export function broadcast(shapes: readonly Extents[]): Extents {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length]);
    const wide = sizes.filter((size) => size !== undefined && !isOne(size));
    const doubtful = wide.find((size) => size!.exported === 1);
    if (doubtful !== undefined && wide.some((size) => size!.exported !== 1))
      throw new NotRead(`${showExtent(doubtful)} is repeated`);
    return alike(sizes);
  });
}
